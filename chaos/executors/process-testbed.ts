import type {Cluster} from '../lab/cluster.ts';
import type {Fleet} from '../lab/fleet.ts';
import type {Network} from '../lab/network.ts';
import type {RedisNode} from '../lab/redis-node.ts';
import type {ReplicatedSet} from '../lab/replicated-set.ts';
import type {Reached} from './reached.ts';

export type StoreUnderTest =
  | {readonly kind: 'single'; readonly node: RedisNode}
  | {readonly kind: 'replicated'; readonly set: ReplicatedSet}
  | {readonly kind: 'cluster'; readonly cluster: Cluster};

/** The processes of a run, as faults handle them. */
export interface ProcessTestbed extends Reached {
  readonly store: StoreUnderTest;
  readonly fleet: Fleet;
  readonly network: Network | undefined;
  /** The file that the service's secret keys are in. */
  readonly secretKeysFile: string;
}

export function singleRedisOf({store}: ProcessTestbed): RedisNode {
  if (store.kind === 'single') return store.node;
  throw new Error(`the fault needs a single Redis, not one that is ${store.kind}`);
}

export function replicatedSetOf({store}: ProcessTestbed): ReplicatedSet {
  if (store.kind === 'replicated') return store.set;
  throw new Error(`the fault needs a replicated Redis, not one that is ${store.kind}`);
}

export function clusterOf({store}: ProcessTestbed): Cluster {
  if (store.kind === 'cluster') return store.cluster;
  throw new Error(`the fault needs a Redis Cluster, not a Redis that is ${store.kind}`);
}

export function networkOf({network}: ProcessTestbed): Network {
  if (network) return network;
  throw new Error('the fault is one of the network, and the scenario has none');
}
