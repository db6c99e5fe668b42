import type {Fault, FaultInHand} from '../faults/fault.ts';
import type {RedisServerName} from '../lab/program.ts';
import type {Persistence} from '../lab/single-redis.ts';
import type {Speed} from '../speed.ts';
import type {BehaviourName} from '../workload/plan.ts';
import type {ExecutorName, Reached} from './reached.ts';

/** What a scenario needs around the service. An executor that finds it there (a cluster's) checks what it can. */
export interface Environment {
  readonly store: /** One Redis, with nobody to take over. */
    | {readonly kind: 'single'; readonly persistence: Persistence}
    /** A master and two replicas under three sentinels. */
    | {readonly kind: 'replicated'; readonly server: RedisServerName}
    /** Three shards of a master and a replica. */
    | {readonly kind: 'cluster'; readonly server: RedisServerName};
  /** Processes of the service. */
  readonly instances: number;
  /** Whether another master may take over. Where not, one that does so all the same was too busy to answer, and the run proves nothing. */
  readonly mayFailOver: boolean;
  /** Whether the fault is in the network between them. */
  readonly network: boolean;
  /** How long the service waits for one try of its store, in ms … */
  readonly storeTimeoutMs: number;
  /** … and for all tries of one operation. */
  readonly storeDeadlineMs: number;
}

/** Disposing of it ends what was made for it. */
export interface Testbed extends Reached, AsyncDisposable {
  /** Why the run proves nothing, as far as it shows afterwards; empty otherwise. */
  doubts(): Promise<string[]>;
  /** @throws Error where the fault can't be done here. */
  prepare(fault: Fault): FaultInHand;
}

export interface StartOptions {
  readonly environment: Environment;
  readonly speed: Speed;
  /** Where the output of what runs goes, without ending. */
  readonly logPath: string;
  readonly signal: AbortSignal;
}

export interface Executor {
  readonly name: ExecutorName;
  /** Whether service and store run on the machine of the runner, so that what keeps its processors busy slows all of them. */
  readonly onThisMachine: boolean;
  /** What users can do to the service there. */
  readonly behaviours: readonly BehaviourName[];
  /** @throws Error that says what is missing or did not start. */
  start(options: StartOptions): Promise<Testbed>;
}
