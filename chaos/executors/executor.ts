import type {Ping} from '../lab/ping-redis.ts';
import type {Persistence} from '../lab/single-redis.ts';

export const executorNames = ['processes', 'kubernetes'] as const;
/** Where a scenario runs: processes on this machine, or pods of a cluster. */
export type ExecutorName = (typeof executorNames)[number];

/** What a scenario needs around the service. */
export interface Environment {
  readonly persistence: Persistence;
  /** How long the service waits for its store, in ms. */
  readonly storeTimeoutMs: number;
}

/** The Redis of a testbed, as faults handle it. */
interface RedisUnderTest {
  ping(): Promise<Ping>;
  /** Ends it at once, without a chance to write anything. */
  kill(): Promise<void>;
  /** Starts it again on the data that it left; resolves when it answers. */
  start(): Promise<void>;
  /** Stops it where it is: connections stay open, nothing is answered. */
  freeze(): void;
  thaw(): void;
}

/** A service with its store, made for one run. Disposing of it ends all of it. */
export interface Testbed extends AsyncDisposable {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly redis: RedisUnderTest;
}

export interface Executor {
  readonly name: ExecutorName;
  /**
   * @param logPath where the output of what runs goes, without ending.
   * @throws Error that says what is missing or did not start.
   */
  start(environment: Environment, logPath: string, signal: AbortSignal): Promise<Testbed>;
}
