import type {Redis} from 'ioredis';
import {toStoreError} from '../redis-errors.ts';
import {isUnknownScript, type ScriptCall, sendScript} from '../redis-scripts.ts';
import {StoreError} from '../store.ts';
import {onlyPart, ping, type RedisServers} from './servers.ts';

export interface GroupCommitOptions {
  /** For all that is not waited for. */
  readonly redis: Redis;
  /** All to the same server as `redis`. Two are enough: while one waits for the replicas, the other takes what has come meanwhile. */
  readonly connections: readonly Redis[];
  /** Replicas that have to have a change. */
  readonly replicas: number;
  /** How long they may take. */
  readonly waitMs: number;
  /** How long a script may wait for its turn. */
  readonly queueMs: number;
  readonly observer: GroupCommitObserver;
}

/** Hears what is written together. */
export interface GroupCommitObserver {
  /** A batch of so many scripts is on its way. */
  batch(size: number): void;
  /** Of so many scripts it is not known that the replicas have them. */
  unreplicated(count: number): void;
}

const maxBatch = 256;
/** What a second of the highest throughput could not work off. */
const maxQueued = 20_000;

interface Waiting {
  readonly call: ScriptCall;
  readonly as: 'hash' | 'text';
  readonly since: number;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

interface Lane {
  readonly redis: Redis;
  busy: boolean;
}

/**
 * Scripts that are acknowledged only when the replicas have what they wrote. `WAIT` holds up a whole connection, so that
 * what comes while it waits is collected and goes together: one `WAIT` for up to 256 scripts.
 */
export class GroupCommit implements RedisServers {
  readonly sharded = false;
  readonly away = new Set<string>();
  readonly #options: GroupCommitOptions;
  readonly #lanes: readonly Lane[];
  #queue: Waiting[] = [];
  #scheduled = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#lanes = options.connections.map((redis) => ({redis, busy: false}));
  }

  run(call: ScriptCall): Promise<unknown> {
    const {promise, resolve, reject} = Promise.withResolvers<unknown>();
    if (this.#queue.length >= maxQueued) reject(notSent(`${maxQueued} scripts wait for their turn`));
    else {
      this.#queue.push({call, as: 'hash', since: performance.now(), resolve, reject});
      this.#schedule();
    }
    return promise;
  }

  part(): string {
    return onlyPart;
  }

  connection(): Redis {
    return this.#options.redis;
  }

  async ping(): Promise<void> {
    await Promise.all(this.#lanes.map(({redis}) => ping(redis)));
  }

  /** At the end of this turn of the event loop, so that all that it brings goes together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /** Divides what waits among the lanes that are free: while one waits for the replicas, the server works for the other. */
  #flush(): void {
    const usable = this.#lanes.filter(({redis}) => redis.status === 'ready');
    if (usable.length === 0) {
      this.#refuse(this.#queue.splice(0), 'there is no connection');
      return;
    }
    const tooOld = performance.now() - this.#options.queueMs;
    const late = this.#queue.findIndex(({since}) => since >= tooOld);
    this.#refuse(this.#queue.splice(0, late === -1 ? this.#queue.length : late), 'it waited too long');
    const free = usable.filter(({busy}) => !busy);
    for (const [index, lane] of free.entries()) {
      const share = Math.ceil(this.#queue.length / (free.length - index));
      if (share > 0) void this.#commit(lane, this.#queue.splice(0, Math.min(share, maxBatch)));
    }
  }

  #refuse(waiting: readonly Waiting[], reason: string): void {
    for (const {reject} of waiting) reject(notSent(reason));
  }

  async #commit(lane: Lane, batch: readonly Waiting[]): Promise<void> {
    const {replicas, waitMs, observer} = this.#options;
    const {redis} = lane;
    lane.busy = true;
    observer.batch(batch.length);
    redis.stream.cork();
    const scripts = batch.map(({call, as}) => sendScript(redis, call, as));
    const wait = redis.wait(replicas, waitMs);
    redis.stream.uncork();
    const [waited, ...replies] = await Promise.allSettled([wait, ...scripts]);
    lane.busy = false;

    const missing = shortfall(waited, replicas);
    if (missing !== undefined) observer.unreplicated(replies.filter(({status}) => status === 'fulfilled').length);
    const unknown: Waiting[] = [];
    for (const [index, each] of batch.entries()) {
      const reply = replies[index];
      if (reply?.status === 'fulfilled') {
        if (missing === undefined) each.resolve(reply.value);
        else each.reject(missing);
      } else if (each.as === 'hash' && isUnknownScript(reply?.reason)) unknown.push({...each, as: 'text'});
      else each.reject(toStoreError(reply?.reason));
    }
    this.#queue.unshift(...unknown);
    if (this.#queue.length > 0) this.#schedule();
  }
}

/** What is missing for an acknowledgement. */
function shortfall(waited: PromiseSettledResult<number>, replicas: number): StoreError | undefined {
  if (waited.status === 'rejected')
    return new StoreError('executed_unreplicated', `Redis: WAIT failed: ${String(waited.reason)}`, waited.reason);
  return waited.value >= replicas
    ? undefined
    : new StoreError('executed_unreplicated', `Redis: ${waited.value} of ${replicas} replicas have it`);
}

function notSent(reason: string): StoreError {
  return new StoreError('not_executed', `Redis: ${reason}`);
}
