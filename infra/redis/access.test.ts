import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {connect} from 'node:tls';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeCertificate} from '../bootstrap/certificates.ts';
import {ports} from '../lib/names.ts';
import type {RedisUser} from '../secrets/names.ts';
import {RedisPods} from '../testing/redis-pods.ts';
import {masterName} from './names.ts';

let pods: RedisPods;
let master: number;
beforeAll(async () => {
  pods = await RedisPods.create();
  pods.start([0, 1, 2]);
  master = await pods.masterInStep();
  // Two have named it; the third may still be starting.
  const asked = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName];
  await pods.until('the sentinels of all pods', () =>
    Promise.all([0, 1, 2].map((ordinal) => pods.call(ordinal, 'ops', asked, {program: 'sentinel'}))),
  );
}, 60_000);
afterAll(() => pods[Symbol.asyncDispose]());

const redis = (user: RedisUser, ...command: string[]) => pods.call(master, user, command);
const sentinel = (user: RedisUser, ...command: string[]) => pods.call(master, user, command, {program: 'sentinel'});

describe('the users of Redis', () => {
  it('app: what the scripts of the service do, on its own keys', async () => {
    const script =
      "redis.call('HSET', KEYS[1], 'a', 1); redis.call('XADD', KEYS[2], '*', 'b', 2); return redis.call('TIME')";
    expect(await redis('app', 'EVAL', script, '2', 'otp:{p00}:v:1', 'otp:{p00}:outbox')).toHaveLength(2);
    expect(await redis('app', 'HGETALL', 'otp:lineage')).toEqual([]);
    expect(await redis('app', 'INFO', 'replication')).toContain('role:master');
    expect(await redis('app', 'WAIT', '0', '10')).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['app', ['SET', 'other', '1']],
    ['app', ['FLUSHALL']],
    ['app', ['KEYS', '*']],
    ['app', ['CONFIG', 'SET', 'maxmemory', '1']],
    ['app', ['ACL', 'SETUSER', 'app', 'allcommands']],
    ['app', ['SHUTDOWN']],
    ['app', ['REPLICAOF', 'NO', 'ONE']],
    ['replica', ['GET', 'otp:{p00}:v:1']],
    ['sentinel', ['GET', 'otp:{p00}:v:1']],
    ['sentinel', ['CONFIG', 'GET', 'masterauth']],
    ['exporter', ['CONFIG', 'GET', '*']],
    ['exporter', ['GET', 'otp:{p00}:v:1']],
    ['ops', ['GET', 'otp:{p00}:v:1']],
    ['ops', ['CONFIG', 'GET', 'masterauth']],
    ['ops', ['HSET', 'otp:{p00}:v:1', 'a', '1']],
  ] as const)('%s may not %j', async (user, command) => {
    await expect(redis(user, ...command)).rejects.toThrow(/NOPERM/);
  });

  it('are known by their password alone', async () => {
    await expect(pods.call(master, 'app', ['PING'], {password: 'wrong'})).rejects.toThrow();
  });
});

describe('the users of Sentinel', () => {
  it('app: asks who is master, and nothing that changes something', async () => {
    expect(await sentinel('app', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName)).toEqual([
      pods.host(master),
      '6379',
    ]);
    await expect(sentinel('app', 'SENTINEL', 'FAILOVER', masterName)).rejects.toThrow(/NOPERM/);
    await expect(sentinel('app', 'SENTINEL', 'SET', masterName, 'quorum', '1')).rejects.toThrow(/NOPERM/);
  });

  it('exporter: asks for the state of master, replicas and sentinels', async () => {
    expect(await sentinel('exporter', 'SENTINEL', 'CKQUORUM', masterName)).toContain('OK 3 usable Sentinels');
    await expect(sentinel('exporter', 'SENTINEL', 'FAILOVER', masterName)).rejects.toThrow(/NOPERM/);
  });

  it('ops: asks before a hand-over which replicas it knows', async () => {
    expect(await sentinel('ops', 'SENTINEL', 'REPLICAS', masterName)).toHaveLength(2);
    await expect(sentinel('ops', 'SENTINEL', 'REMOVE', masterName)).rejects.toThrow(/NOPERM/);
  });

  it('does not know the replicas', async () => {
    await expect(sentinel('replica', 'PING')).rejects.toThrow();
  });
});

describe('a rotation', () => {
  it('has old and new passwords work side by side, then the new ones alone', async () => {
    const old = pods.password('app');
    const acl = {namespace: 'otp', name: 'otp-redis-acl'};
    const core = pods.secrets.cluster.core;
    const {createHash} = await import('node:crypto');
    const hash = (text: string) => `#${createHash('sha256').update(text).digest('hex')}`;
    const setAcl = async (value: string) => {
      const secret = await core.readNamespacedSecret(acl);
      await core.replaceNamespacedSecret({...acl, body: {...secret, stringData: {app: value}}});
      await pods.writeSecrets(master);
      await pods.run(master, 'reload.sh', 'acl');
    };
    await setAcl(`${hash(old)} ${hash('new')}`);
    for (const password of [old, 'new']) expect(await pods.call(master, 'app', ['PING'], {password})).toBe('PONG');
    await setAcl(hash('new'));
    await expect(pods.call(master, 'app', ['PING'], {password: old})).rejects.toThrow();
    expect(await pods.call(master, 'app', ['PING'], {password: 'new'})).toBe('PONG');
    await pods.run(master, 'reload.sh', 'passwords');
  });
});

describe('a renewed certificate', () => {
  /** By its fingerprint: what a program shows to whoever connects. */
  const shown = async (port: number) => {
    const socket = connect({host: pods.host(master), port, rejectUnauthorized: false});
    await once(socket, 'secureConnect');
    const {fingerprint256} = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };

  it('is taken up by Redis while it serves, whoever has renewed it; its sentinel ends to start anew', async () => {
    const before = await shown(ports.redis);
    const tls = {namespace: 'otp', name: 'otp-redis-tls'};
    const core = pods.secrets.cluster.core;
    const {'tls.crt': certificatePem = '', 'tls.key': keyPem = ''} = pods.secrets.values(
      'otp-state/otp-redis-ca-example',
    );
    const made = await makeCertificate({certificatePem, keyPem}, ['otp-redis.otp.svc']);
    const secret = await core.readNamespacedSecret(tls);
    await core.replaceNamespacedSecret({...tls, body: {...secret, stringData: made}});
    await pods.writeSecrets(master);
    const renewed = new X509Certificate(made['tls.crt']).fingerprint256;
    expect(before).not.toBe(renewed);
    await pods.until('renewed certificate', async () => ((await shown(ports.redis)) === renewed ? true : undefined));
    expect(await redis('ops', 'INFO', 'replication')).toContain('role:master');
    await pods.until('end of the sentinel', () =>
      shown(ports.sentinel).then(
        () => undefined,
        () => true,
      ),
    );
    await pods.stop([master], {programs: ['sentinel']});
    pods.start([master], ['sentinel']);
    await pods.until('sentinel with it', async () => ((await shown(ports.sentinel)) === renewed ? true : undefined));
  });
});

describe('the probes', () => {
  it('find a master and a replica in step ready, and their sentinels', async () => {
    for (const ordinal of [master, (master + 1) % 3])
      for (const question of ['alive', 'ready', 'sentinel-alive', 'sentinel-ready'])
        await expect(pods.run(ordinal, 'probe.sh', question)).resolves.toBe('');
  });
});
