import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';
import {Redis} from 'ioredis';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ensureSecret} from '../bootstrap/ensure-secret.ts';
import {ensureAllSecrets} from '../bootstrap/recipes.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {secretPath, secretsFolder} from '../secrets/files.ts';
import {SecretStore} from '../testing/secret-store.ts';
import {configFolder, dataFolder, redisFiles, redisSecretFiles, runFolder} from './files.ts';

/** The files of the pod and the Secrets of bootstrap, in a folder of this machine, started as the pod starts them. */
let root: string;
let port: number;
let server: ChildProcess;
const store = new SecretStore();
const here = (text: string) =>
  [secretsFolder, configFolder, runFolder, dataFolder]
    .reduce((changed, folder) => changed.replaceAll(folder, join(root, folder)), text)
    .replaceAll('6379', String(port));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'otp-redis-pod-'));
  port = await freePort();
  await ensureAllSecrets(loadEnvironment('example', projectRoot), (recipe) => ensureSecret(store.cluster, recipe));
  for (const folder of [configFolder, runFolder, dataFolder]) await mkdir(join(root, folder), {recursive: true});
  for (const [name, text] of Object.entries(redisFiles({maxMemoryMiB: 32})))
    await writeFile(join(root, configFolder, name), here(text));
  for (const file of redisSecretFiles) {
    const path = join(root, secretPath(file));
    await mkdir(join(path, '..'), {recursive: true});
    await writeFile(path, store.values(`otp/${file.secret}`)[file.key] ?? '');
  }
  server = spawn('sh', [join(root, configFolder, 'start.sh')], {stdio: ['ignore', 'pipe', 'inherit']});
  const lines: string[] = [];
  for await (const line of createInterface({input: server.stdout ?? process.stdin})) {
    lines.push(line);
    if (line.includes('Ready to accept connections')) return;
  }
  throw new Error(lines.join('\n'));
});

afterAll(async () => {
  if (server.exitCode === null && server.signalCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(root, {recursive: true});
});

function connect(user: 'app' | 'ops', password = store.values(`otp/otp-redis-${user}`).password): Redis {
  const ca = store.values('otp/otp-redis-tls')['ca.crt'] ?? '';
  return new Redis({
    host: '127.0.0.1',
    port,
    username: user,
    password: password ?? '',
    tls: {ca, servername: 'otp-redis.otp.svc'},
    enableReadyCheck: false,
    retryStrategy: () => null,
    lazyConnect: true,
  });
}

describe('the Redis of the pod', () => {
  it('lets the service do what its scripts do, on its own keys', async () => {
    const redis = connect('app');
    const script =
      "redis.call('HSET', KEYS[1], 'a', 1); redis.call('XADD', KEYS[2], '*', 'b', 2); return redis.call('TIME')";
    expect(await redis.eval(script, 2, 'otp:{p00}:v:1', 'otp:{p00}:outbox')).toHaveLength(2);
    expect(await redis.wait(0, 10)).toBe(0);
    redis.disconnect();
  });

  it.each([
    ['keys of others', ['SET', 'other', '1']],
    ['emptying the store', ['FLUSHALL']],
    ['listing keys', ['KEYS', '*']],
    ['changing settings', ['CONFIG', 'SET', 'maxmemory', '1']],
    ['changing users', ['ACL', 'SETUSER', 'app', 'allcommands']],
    ['stopping it', ['SHUTDOWN']],
  ])('refuses the service %s', async (_what, [command = '', ...args]) => {
    const redis = connect('app');
    await expect(redis.call(command, ...args)).rejects.toThrow(/NOPERM/);
    redis.disconnect();
  });

  it('lets the probes ask and read nothing', async () => {
    const redis = connect('ops');
    expect(await redis.ping()).toBe('PONG');
    await expect(redis.get('otp:{p00}:v:1')).rejects.toThrow(/NOPERM/);
    redis.disconnect();
  });

  it('knows no user without the right password', async () => {
    const redis = connect('app', 'wrong');
    const refused = new Promise((resolve) => redis.once('error', resolve));
    await expect(redis.connect()).rejects.toThrow();
    expect(String(await refused)).toContain('WRONGPASS');
  });

  it('answers the probes of the pod', async () => {
    const probe = (question: string) => promisify(execFile)('sh', [join(root, configFolder, 'probe.sh'), question]);
    await expect(probe('alive')).resolves.toBeDefined();
    await expect(probe('ready')).resolves.toBeDefined();
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
