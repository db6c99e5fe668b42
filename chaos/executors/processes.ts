import {createHash, randomBytes} from 'node:crypto';
import {rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {startFleet} from '../lab/fleet.ts';
import {owning} from '../lab/owned.ts';
import {startSingleRedis} from '../lab/single-redis.ts';
import {openWorkplace} from '../lab/workplace.ts';
import {policies} from '../workload/behaviours.ts';
import type {Environment, Executor, Testbed} from './executor.ts';

export interface ProcessesOptions {
  /** The service's main module. */
  readonly serviceEntry: string;
}

/** Runs the service and its Redis as processes on this machine: random ports, a directory of its own, nothing left afterwards. */
export function processes({serviceEntry}: ProcessesOptions): Executor {
  return {
    name: 'processes',
    start: (environment, logPath) => owning((owned) => startAll(owned, serviceEntry, environment, logPath)),
  };
}

/** Starts one after the other; whatever was started is in `owned`, also when the next one fails. */
async function startAll(
  owned: AsyncDisposableStack,
  serviceEntry: string,
  {persistence, storeTimeoutMs}: Environment,
  logPath: string,
): Promise<Omit<Testbed, typeof Symbol.asyncDispose>> {
  for (const name of ['redis', 'app-0']) await rm(`${logPath}.${name}.log`, {force: true});
  const place = owned.use(await openWorkplace(logPath));
  const {node: redis} = owned.use(await startSingleRedis({persistence, logPath}));
  const client = await writeConfiguration(place.directory);
  const {baseUrl} = owned.use(
    await startFleet({
      count: 1,
      entry: serviceEntry,
      logPath,
      environment: {
        NODE_ENV: 'development',
        LOG_LEVEL: 'info',
        OTP_CONFIG: client.file,
        REDIS_URL: `${redis.url}/0`,
        STORE_TIMEOUT_MS: String(storeTimeoutMs),
      },
    }),
  );
  return {baseUrl, apiKey: client.apiKey, redis};
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
