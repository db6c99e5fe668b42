import {createHash, randomBytes} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {policies} from '../workload/behaviours.ts';
import {Child} from './child-process.ts';
import type {Environment, Executor, Testbed} from './executor.ts';
import {freePort} from './free-port.ts';
import {RedisProcess} from './redis-process.ts';
import {waitUntil} from './wait-until.ts';

export interface ProcessesOptions {
  /** The service's main module. */
  readonly serviceEntry: string;
}

const SERVICE_START_MS = 20_000;

/** Runs the service and its Redis as processes on this machine: random ports, a directory of its own, nothing left afterwards. */
export function processes({serviceEntry}: ProcessesOptions): Executor {
  return {
    name: 'processes',
    async start(environment, logPath, signal) {
      const owned = new AsyncDisposableStack();
      try {
        const reached = await startAll(owned, serviceEntry, environment, logPath, signal);
        return {...reached, [Symbol.asyncDispose]: () => owned.disposeAsync()};
      } catch (error) {
        await owned.disposeAsync();
        throw error;
      }
    },
  };
}

/** Starts one after the other; whatever was started is in `owned`, also when the next one fails. */
async function startAll(
  owned: AsyncDisposableStack,
  serviceEntry: string,
  environment: Environment,
  logPath: string,
  signal: AbortSignal,
): Promise<Omit<Testbed, typeof Symbol.asyncDispose>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'otp-chaos-'));
  owned.defer(() => rm(directory, {recursive: true, force: true}));
  const logFiles = {redis: `${logPath}.redis.log`, service: `${logPath}.service.log`};
  for (const file of Object.values(logFiles)) await rm(file, {force: true});

  const redisPort = await freePort();
  const {persistence} = environment;
  const redis = owned.use(new RedisProcess({port: redisPort, directory, persistence, logFile: logFiles.redis}));
  await redis.start();

  const client = await writeConfiguration(directory);
  const port = await freePort();
  const env = {
    ...serviceEnvironment(environment, redisPort, await freePort()),
    OTP_CONFIG: client.file,
    PORT: String(port),
  };
  const service = await Child.start({command: process.execPath, args: [serviceEntry], env, logFile: logFiles.service});
  owned.defer(() => service.stop());
  const baseUrl = `http://127.0.0.1:${port}`;
  const ready = () => isReady(service, baseUrl, logFiles.service);
  await waitUntil(`readiness of ${serviceEntry} (log: ${logFiles.service})`, SERVICE_START_MS, ready, signal);
  return {baseUrl, apiKey: client.apiKey, redis};
}

function serviceEnvironment(
  {storeTimeoutMs}: Environment,
  redisPort: number,
  metricsPort: number,
): Record<string, string> {
  return {
    // Nothing else of the caller's environment: a run must not depend on who starts it.
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    METRICS_PORT: String(metricsPort),
    LOG_LEVEL: 'info',
    REDIS_URL: `redis://127.0.0.1:${redisPort}/0`,
    STORE_TIMEOUT_MS: String(storeTimeoutMs),
  };
}

/** The service's YAML file: the policies of the workload and a client of its own. */
async function writeConfiguration(directory: string): Promise<{apiKey: string; file: string}> {
  const apiKey = `otp_chaos_${randomBytes(16).toString('hex')}`;
  const lifetimeSeconds = policies.brief.lifetimeMs / 1000;
  // A recipient may ask for the next code at once: who guesses on and on is held by the failure budget alone.
  const rules = 'codeLength: 6, alphabet: digits, maxAttempts: 5, resendIntervalSeconds: 0, channels: [email]';
  const file = path.join(directory, 'otp.yaml');
  await writeFile(
    file,
    `policies:
  ${policies.usual}: {${rules}, lifetimeSeconds: 300}
  ${policies.brief.name}: {${rules}, lifetimeSeconds: ${lifetimeSeconds}}
clients:
  chaos:
    apiKeys:
      - {id: run, sha256: ${createHash('sha256').update(apiKey).digest('hex')}, scopes: [verify]}
providers:
  inbox: {kind: inbox}
channels:
  email: [inbox]
`,
  );
  return {apiKey, file};
}

async function isReady(service: Child, baseUrl: string, logFile: string): Promise<boolean> {
  if (!service.isRunning) throw new Error(`the service ended before it was ready; see ${logFile}`);
  try {
    const response = await fetch(`${baseUrl}/readyz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
