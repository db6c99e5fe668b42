import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TLSSocket} from 'node:tls';
import {describe, expect, it} from 'vitest';
import {freePort} from '../../../chaos/lab/free-port.ts';
import {RedisNode} from '../../../chaos/lab/redis-node.ts';
import {createCertificate} from '../../testing/certificates.ts';
import {mountSecret} from '../../testing/mounted-secret.ts';
import {connectTo} from '../../testing/redis-connection.ts';
import {startRedis} from '../../testing/redis-server.ts';
import {until} from '../../testing/until.ts';
import {connectRedis} from './connect.ts';

describe('a connection', () => {
  it('is opened with the password of today: a rotation needs no restart', async () => {
    await using server = await startRedis();
    const admin = connectTo(server.url);
    await until('the connection', () => admin.status === 'ready');
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>first', '~*', '+@all');
    let password = 'first';
    const told: string[] = [];
    const redis = connectTo(server.url, {
      credentials: () => ({username: 'app', password}),
      onDown: ({message}) => told.push(message),
      onUp: () => told.push('up'),
    });
    await until('the first login', () => redis.status === 'ready');
    await admin.call('ACL', 'SETUSER', 'app', '>second');
    password = 'second';
    await admin.call('ACL', 'SETUSER', 'app', '<first');
    expect(await redis.ping()).toBe('PONG');
    await admin.call('CLIENT', 'KILL', 'USER', 'app');
    await until('the second login', () => told.filter((each) => each === 'up').length === 2);
    expect(await redis.call('ACL', 'WHOAMI')).toBe('app');
    password = 'wrong';
    await admin.call('CLIENT', 'KILL', 'USER', 'app');
    await until('a refusal', () => told.some((each) => each.includes('WRONGPASS')));
    password = 'second';
    await until('the third login', () => told.at(-1) === 'up');
    redis.disconnect();
    admin.disconnect();
  });

  it('is TLS where that is asked for, to a server that the authority of today vouches for and to no other', async () => {
    const [old, renewed] = [await createCertificate('localhost'), await createCertificate('localhost')];
    using files = mountSecret({'tls.crt': old.cert, 'tls.key': old.key, 'ca.crt': old.ca});
    const port = await freePort();
    await using _server = await startRedis({
      options: [
        ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
        ...['--tls-ca-cert-file', files.path('ca.crt')],
        ...['--tls-cert-file', files.path('tls.crt'), '--tls-key-file', files.path('tls.key')],
      ],
    });
    let {ca} = renewed;
    const told: string[] = [];
    const redis = connectTo(`rediss://localhost:${port}`, {
      credentials: () => ({ca}),
      onDown: ({message}) => told.push(message),
    });
    await until('a refusal', () => told.length > 0);
    expect(told.join()).toMatch(/certificate/);
    ca = old.ca;
    await until('a connection', () => redis.status === 'ready');
    files.swap({'tls.crt': renewed.cert, 'tls.key': renewed.key, 'ca.crt': renewed.ca});
    await redis.config('SET', 'tls-cert-file', files.path('tls.crt'), 'tls-key-file', files.path('tls.key'));
    ca = renewed.ca;
    // It comes back sooner than anybody who asks now and then would see that it was gone.
    const ended = once(redis, 'close');
    redis.disconnect(true);
    await ended;
    await until('a connection', () => redis.status === 'ready');
    redis.disconnect();
  });
});

describe('a connection through sentinels', () => {
  it('is TLS all the way, with a user for the sentinels and another one for Redis', async () => {
    const {ca, cert, key} = await createCertificate('localhost');
    using files = mountSecret({'tls.crt': cert, 'tls.key': key, 'ca.crt': ca});
    const tls = {
      'tls-auth-clients': 'no',
      'tls-replication': 'yes',
      'tls-ca-cert-file': files.path('ca.crt'),
      'tls-cert-file': files.path('tls.crt'),
      'tls-key-file': files.path('tls.key'),
    };
    const directory = await mkdtemp(join(tmpdir(), 'otp-tls-'));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(directory, {recursive: true, force: true}));
    const start = async (
      name: string,
      settings: Record<string, string | number | readonly string[]>,
      mode: string[],
    ) => {
      const [port, tlsPort] = [await freePort(), await freePort()];
      const place = {name, port, directory: join(directory, name), logFile: '/dev/null', mode};
      const node = stack.use(
        new RedisNode({...place, server: 'redis-server', settings: {...tls, 'tls-port': tlsPort, ...settings}}),
      );
      await node.start();
      return tlsPort;
    };
    const redisPort = await start('redis', {user: 'app on >of-redis ~* +@all'}, []);
    const monitored = ['resolve-hostnames yes', 'announce-hostnames yes', `monitor otp localhost ${redisPort} 1`];
    const sentinelPort = await start(
      'sentinel',
      {sentinel: [...monitored, 'auth-user otp app', 'auth-pass otp of-redis'], user: 'app on >of-sentinel &* +@all'},
      ['--sentinel'],
    );
    const redis = connectRedis({
      target: {kind: 'sentinel', sentinels: [{host: 'localhost', port: sentinelPort}], masterName: 'otp'},
      tls: true,
      credentials: () => ({
        username: 'app',
        password: 'of-redis',
        sentinelUsername: 'app',
        sentinelPassword: 'of-sentinel',
        ca,
      }),
      timeoutMs: 20_000,
      onDown() {},
      onUp() {},
    });
    stack.defer(() => redis.disconnect());
    await until('the connection', () => redis.status === 'ready');
    expect(await redis.call('ACL', 'WHOAMI')).toBe('app');
    expect(redis.stream).toBeInstanceOf(TLSSocket);
  });
});
