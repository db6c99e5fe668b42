import type {RedisPods} from '../../../chaos/executors/kubernetes/redis-pods.ts';
import type {Cluster} from '../../cluster/connect.ts';
import type {HttpClient} from '../http.ts';
import type {NodeCommands} from '../nodes.ts';
import type {Traffic} from '../traffic/traffic.ts';

/** What a phase has to work with: an installation that is whole, under load. */
export interface Stage {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** The environment's name. */
  readonly name: string;
  /** Its file, for the command lines. */
  readonly file: string;
  readonly redis: RedisPods;
  readonly nodes: NodeCommands;
  /** Where the ingress controller runs: what happens to its node says nothing about the service. */
  readonly ingressNode: () => Promise<string | undefined>;
  readonly client: HttpClient;
  readonly traffic: Traffic;
  /** The key that users present from now on. */
  readonly useApiKey: (key: string) => void;
  readonly apiKey: () => string;
  /** For the report: what a phase has seen of that which it did. */
  readonly saw: (what: string) => void;
  readonly signal: AbortSignal;
}

export interface Bounds {
  /** The longest that the right code of a verification may wait for its final answer, in ms. */
  readonly settledMs: number;
  /** Whether acknowledged verifications may end as `verification_lost`: a failover without warning ends their lineage. */
  readonly mayLose: boolean;
  /**
   * Whether requests may reach no pod, and have to be repeated: those under way to a node that loses power.
   * @default false
   */
  readonly mayMiss?: boolean;
}

/** Something that happens to the installation while users go on. */
export interface Phase {
  /** For the command line. */
  readonly key: string;
  readonly name: string;
  readonly bounds: Bounds;
  /** Why it cannot be done here; undefined where it can. */
  readonly unavailable?: (stage: Stage) => string | undefined;
  /** Does it, and resolves when the installation is whole again. */
  readonly disturb: (stage: Stage) => Promise<void>;
}

/** What stays up serves on: nobody waits longer than a request that is tried again once. */
export const unnoticed: Bounds = {settledMs: 2000, mayLose: false};
