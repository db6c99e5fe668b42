import {rm} from 'node:fs/promises';
import {startCluster} from '../lab/cluster.ts';
import {type Fleet, startFleet} from '../lab/fleet.ts';
import {startMessageSink} from '../lab/message-sink.ts';
import {type Network, startNetwork} from '../lab/network.ts';
import {owning} from '../lab/owned.ts';
import type {RedisNode} from '../lab/redis-node.ts';
import {startReplicatedSet} from '../lab/replicated-set.ts';
import {startSingleRedis} from '../lab/single-redis.ts';
import {openWorkplace} from '../lab/workplace.ts';
import {downAfterMs} from '../speed.ts';
import {behaviourNames} from '../workload/plan.ts';
import type {Executor, StartOptions, Testbed} from './executor.ts';
import type {ProcessTestbed, StoreUnderTest} from './process-testbed.ts';
import type {Sighting} from './reached.ts';
import {writeServiceConfiguration} from './service-configuration.ts';

export interface ProcessesOptions {
  /** The service's main module. */
  readonly serviceEntry: string;
}

// Where no failover is part of the scenario: what a busy machine makes a Redis wait is no reason for one.
const PATIENT_MS = 10_000;

/** Runs the service and its Redis as processes on this machine: random ports, a directory of its own, nothing left afterwards. */
export function processes({serviceEntry}: ProcessesOptions): Executor {
  return {
    name: 'processes',
    onThisMachine: true,
    behaviours: behaviourNames,
    start: (options) => owning((owned) => startAll(owned, serviceEntry, options)),
  };
}

/** Starts one after the other; whatever was started is in `owned`, also when the next one fails. */
async function startAll(
  owned: AsyncDisposableStack,
  serviceEntry: string,
  options: StartOptions,
): Promise<Omit<Testbed, typeof Symbol.asyncDispose>> {
  const {environment, logPath} = options;
  const place = owned.use(await openWorkplace(logPath));
  await removeLogs(place.logFile, environment.instances);
  const network = environment.network ? owned.use(await startNetwork(place.logFile('network'))) : undefined;
  const store = await startStore(owned, options, network);
  const sink = owned.use(await startMessageSink());
  const configuration = await writeServiceConfiguration(place.directory, sink.providerYaml);
  const fleet = owned.use(
    await startFleet({
      count: environment.instances,
      entry: serviceEntry,
      logPath,
      ...(network ? {network} : {}),
      environment: {
        NODE_ENV: 'development',
        LOG_LEVEL: 'info',
        STORE_TIMEOUT_MS: String(environment.storeTimeoutMs),
        STORE_DEADLINE_MS: String(environment.storeDeadlineMs),
        ...configuration.environment,
        ...storeSettings(store),
      },
    }),
  );
  const testbed: ProcessTestbed = {
    baseUrl: fleet.baseUrl,
    apiKey: configuration.apiKey,
    offer: {channel: 'email', policyOf: (name) => name, recipientOf: (user) => `${user}@example.com`},
    messages: sink,
    look: () => look(fleet),
    store,
    fleet,
    network,
    secretKeysFile: configuration.secretKeysFile,
  };
  const masterBefore = await masterOf(store);
  return {
    ...testbed,
    async doubts() {
      const replaced = !environment.mayFailOver && (await masterOf(store)) !== masterBefore;
      return replaced ? ['the sentinels replaced a master that nothing was wrong with: this machine was too busy'] : [];
    },
    prepare(fault) {
      if (!fault.on.processes) throw new Error(`${fault.name} can't be done to processes`);
      return fault.on.processes(testbed);
    },
  };
}

async function startStore(
  owned: AsyncDisposableStack,
  {environment, speed, logPath}: StartOptions,
  network: Network | undefined,
): Promise<StoreUnderTest> {
  const {store} = environment;
  const common = {logPath, ...(network ? {network} : {})};
  switch (store.kind) {
    case 'single': {
      const {node} = owned.use(await startSingleRedis({persistence: store.persistence, logPath}));
      return {kind: 'single', node};
    }
    case 'replicated': {
      const downAfter = environment.mayFailOver ? downAfterMs[speed] : PATIENT_MS;
      const options = {...common, server: store.server, downAfterMs: downAfter};
      return {kind: 'replicated', set: owned.use(await startReplicatedSet(options))};
    }
    case 'cluster': {
      const options = {logPath, server: store.server, nodeTimeoutMs: downAfterMs[speed]};
      return {kind: 'cluster', cluster: owned.use(await startCluster(options))};
    }
  }
}

function storeSettings(store: StoreUnderTest): Record<string, string> {
  switch (store.kind) {
    case 'single':
      return {REDIS_URL: `${store.node.url}/0`};
    case 'replicated':
      return {
        REDIS_SENTINELS: store.set.sentinels.map(({name, address}) => `${name}.lab:${address.port}`).join(','),
        REDIS_MASTER_NAME: store.set.masterName,
      };
    case 'cluster':
      return {REDIS_CLUSTER: store.cluster.addresses};
  }
}

async function masterOf(store: StoreUnderTest): Promise<RedisNode | undefined> {
  return store.kind === 'replicated' ? await store.set.master() : undefined;
}

async function look({instances}: Fleet): Promise<Sighting> {
  const gauges = await Promise.all(
    instances.map((instance) =>
      instance.metric('otp_fallback_active').then(
        (value) => (value === undefined ? [] : [value]),
        () => [],
      ),
    ),
  );
  const answers = gauges.flat();
  return {answering: answers.length, inFallback: answers.filter((value) => value > 0).length};
}

/** A run adds to its logs; what an earlier run of the same seed left would be taken for its own. */
async function removeLogs(logFile: (name: string) => string, instances: number): Promise<void> {
  const names = [
    'network',
    'redis',
    ...Array.from({length: 3}, (_, index) => [
      `redis-${index}`,
      `sentinel-${index}`,
      `shard-${index}-a`,
      `shard-${index}-b`,
    ]),
    ...Array.from({length: instances}, (_, index) => `app-${index}`),
  ];
  await Promise.all(names.flat().map((name) => rm(logFile(name), {force: true})));
}
