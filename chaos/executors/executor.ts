import type {Fault, FaultInHand} from '../faults/fault.ts';
import type {RedisServerName} from '../lab/program.ts';
import type {Persistence} from '../lab/single-redis.ts';
import type {Speed} from '../speed.ts';

export const executorNames = ['processes', 'kubernetes'] as const;
/** Where a scenario runs: processes on this machine, or pods of a cluster. */
export type ExecutorName = (typeof executorNames)[number];

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
  /** Whether the fault is in the network between them. */
  readonly network: boolean;
  /** How long the service waits for its store, in ms. */
  readonly storeTimeoutMs: number;
}

/** What the users of a run get from outside of the service. */
export interface Messages {
  /** The code that was sent for a verification; undefined where none has come (yet). */
  codeOf(verificationId: string): string | undefined;
  /** `performance.now()` when its message came; undefined where none has. */
  seenAtMs(verificationId: string): number | undefined;
}

/** What a look at all instances showed; those that do not answer are left out. */
export interface Sighting {
  readonly answering: number;
  /** How many of them serve from memory. */
  readonly inFallback: number;
}

/** A service with its store, made or found for one run. */
export interface Reached {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly messages: Messages;
  look(): Promise<Sighting>;
  /** @throws Error where the fault can't be done here. */
  prepare(fault: Fault): FaultInHand;
}

/** Disposing of it ends what was made for it. */
export interface Testbed extends Reached, AsyncDisposable {}

export interface StartOptions {
  readonly environment: Environment;
  readonly speed: Speed;
  /** Where the output of what runs goes, without ending. */
  readonly logPath: string;
  readonly signal: AbortSignal;
}

export interface Executor {
  readonly name: ExecutorName;
  /** @throws Error that says what is missing or did not start. */
  start(options: StartOptions): Promise<Testbed>;
}
