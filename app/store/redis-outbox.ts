import {setTimeout as delay} from 'node:timers/promises';
import type {ChainableCommander, Redis} from 'ioredis';
import type {VerificationEvent} from '../delivery/announcements.ts';
import {
  claimAfterMs,
  type DeliveryResult,
  type MessageName,
  type Outbox,
  type OutboxDepth,
  type QueuedEntry,
  type QueuedMessage,
} from '../delivery/outbox.ts';
import type {Channel} from '../domain/policy.ts';
import {partitions} from '../domain/pseudonym.ts';
import {isCurrentIn} from './current-message.ts';
import {keysOf, lineageKey, outboxKey} from './keys.ts';
import type {RedisServers} from './redis/servers.ts';
import {toStoreError} from './redis-errors.ts';
import {runScript} from './redis-scripts.ts';
import {type Address, type Store, StoreError} from './store.ts';

export interface RedisOutboxOptions {
  readonly servers: RedisServers;
  /**
   * A connection of its own, because `receive` waits on it; its command time-out has to exceed the longest wait. Without
   * one `receive` asks again and again: on a cluster no command waits on streams of more than one slot.
   */
  readonly blocking?: Redis;
  /** Names this worker among others; unique to the process. */
  readonly consumer: string;
  readonly store: Pick<Store, 'read'>;
  /** Reads an id that was found in a stream; undefined for one that this process has no key for. */
  readonly addressOf: (id: string) => Address | undefined;
  /** Looks for what has ended in a partition and is to be told. @default nothing is */
  readonly look?: (partition: number) => Promise<void>;
  /** After how long without a word a message is taken over from its worker. @default claimAfterMs */
  readonly claimMs?: number;
}

const group = 'workers';
const events: Readonly<Record<string, VerificationEvent>> = {
  a: 'approved',
  l: 'locked',
  x: 'expired',
  u: 'undeliverable',
};
/** How long an outbox without messages is kept; the sweep renews it. */
const idleMs = 3_600_000;
/** How long a worker without messages is remembered: far longer than one that lives is silent. */
const forgetMs = 600_000;
const batchPerStream = 4;
const pollEveryMs = 100;
/** How long a server may take to notice that a connection has broken. */
const unnoticedMs = 2000;
/** What a call may have been given whose answer was lost. */
const recoveryPerStream = 200;
const streams = partitions.map(outboxKey);

type Found = readonly {readonly stream: string; readonly entry: Entry}[];

/** The outbox in Redis: a stream a partition, a consumer group over all of them. */
export class RedisOutbox implements Outbox {
  readonly #options: RedisOutboxOptions;
  readonly #claimMs: number;
  #ready = false;
  /** Streams of which an answer was lost: what was in it is this worker's, and nobody else is given it. */
  #unheard = new Set<string>();
  #hearAgainAt = Number.POSITIVE_INFINITY;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #forgotAt = performance.now();
  readonly #cursors = new Map<string, string>();
  readonly #interrupted = new AbortController();

  constructor(options: RedisOutboxOptions) {
    this.#options = options;
    this.#claimMs = options.claimMs ?? claimAfterMs;
  }

  async receive(waitMs: number): Promise<QueuedEntry[]> {
    try {
      if (!this.#ready) await this.#createGroups();
      const now = performance.now();
      if (now - this.#sweptAt > this.#claimMs / 3) {
        const claimed = await this.#sweep();
        // As long as there is more to take over, the next call goes on with it.
        if (claimed.length > 0) return claimed;
        this.#sweptAt = now;
        // What a server that is away keeps from being done is done the next time.
        await Promise.allSettled([
          this.#forget(now),
          ...streams.map((_stream, partition) => this.#options.look?.(partition)),
        ]);
      }
      if (now >= this.#hearAgainAt) this.#hearAllAgain(Number.POSITIVE_INFINITY);
      if (this.#unheard.size > 0) {
        const unheard = [...this.#unheard];
        this.#unheard.clear();
        // What fails again stays unheard, and the others' messages do not wait for it.
        const pending = await this.#toMessages(await this.#read('0', recoveryPerStream, unheard).catch(() => []));
        if (pending.length > 0) return pending;
      }
      return await this.#toMessages(await this.#next(waitMs));
    } catch (error) {
      this.#ready = false;
      // Once more a little later: until the server notices that a connection is gone, it may still give messages to it.
      this.#hearAllAgain(performance.now() + unnoticedMs);
      throw toStoreError(error);
    }
  }

  async renew({entry, address}: MessageName): Promise<void> {
    await this.#do(
      this.#on(outboxKey(address.partition), (redis, stream) =>
        redis.xclaim(stream, group, this.#options.consumer, 0, entry, 'JUSTID'),
      ),
    );
  }

  park(): void {
    // The stream has it, and names this worker as its owner.
  }

  async retake(messages: readonly MessageName[]): Promise<QueuedEntry[]> {
    const {consumer} = this.#options;
    try {
      const found = await Promise.all(
        messages.map(async ({entry, address: {partition}}) => {
          // The first of this worker's own from there on: this one, unless another worker has claimed it. It renews, too.
          const from = before(entry);
          const reply = await this.#on(outboxKey(partition), (redis, stream) =>
            redis.xreadgroup('GROUP', group, consumer, 'COUNT', 1, 'STREAMS', stream, from),
          );
          return toEntries(reply).filter(({entry: [id]}) => id === entry);
        }),
      );
      return await this.#toMessages(found.flat());
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async release(messages: readonly MessageName[]): Promise<void> {
    const {consumer} = this.#options;
    await this.#do(
      Promise.all(
        messages.map(({entry, address: {partition}}) =>
          this.#on(outboxKey(partition), (redis, stream) =>
            redis.xclaim(stream, group, consumer, 0, entry, 'IDLE', this.#claimMs, 'JUSTID'),
          ),
        ),
      ),
    );
  }

  isCurrent(message: QueuedMessage): Promise<boolean> {
    return isCurrentIn(this.#options.store, message);
  }

  async settle(message: QueuedEntry, result: DeliveryResult): Promise<void> {
    const {entry, address} = message;
    const {verification, recipient, outbox} = keysOf(address);
    const args = [
      address.tag,
      group,
      entry,
      resultLetter(result),
      'provider' in result ? (result.provider ?? '') : '',
      'event' in message ? '' : message.resends,
    ];
    const lineage = lineageKey(this.#options.servers.sharded ? address.partition : undefined);
    // A result that a fail-over forgets costs a second message: nobody waits for it to be replicated.
    await this.#do(
      this.#on(verification, (redis) =>
        runScript(redis, {name: 'settle', keys: [verification, recipient, outbox, lineage], args}),
      ),
    );
  }

  async depth(): Promise<OutboxDepth> {
    try {
      const [now, ...of] = await Promise.all([
        this.#now(outboxKey(0)),
        ...streams.map(async (stream) => {
          const [messages, oldest] = await this.#on(stream, (redis) =>
            Promise.all([redis.xlen(stream), redis.xrange(stream, '-', '+', 'COUNT', 1)]),
          );
          return {messages, oldestAt: Number(oldest[0]?.[0].split('-')[0] ?? Number.POSITIVE_INFINITY)};
        }),
      ]);
      const oldestAt = Math.min(...of.map((each) => each.oldestAt));
      return {
        messages: of.reduce((sum, each) => sum + each.messages, 0),
        oldestAgeMs: oldestAt === Number.POSITIVE_INFINITY ? 0 : Math.max(0, now - oldestAt),
      };
    } catch (error) {
      throw toStoreError(error);
    }
  }

  interrupt(): void {
    this.#interrupted.abort();
    this.#options.blocking?.disconnect();
  }

  async close(): Promise<void> {
    this.interrupt();
  }

  /** What nobody has been given yet, as soon as there is some. */
  async #next(waitMs: number): Promise<Found> {
    const {blocking, consumer} = this.#options;
    if (blocking !== undefined) {
      const options = ['COUNT', batchPerStream, 'BLOCK', waitMs, 'STREAMS'] as const;
      const ids = streams.map(() => '>');
      return toEntries(await blocking.xreadgroup('GROUP', group, consumer, ...options, ...streams, ...ids));
    }
    const {signal} = this.#interrupted;
    for (const endsAt = performance.now() + waitMs; ; ) {
      const found = await this.#read('>', batchPerStream);
      if (found.length > 0 || performance.now() >= endsAt || signal.aborted) return found;
      await delay(pollEveryMs, undefined, {signal}).catch(() => {});
    }
  }

  /** From `'>'`: what nobody has been given yet. From `'0'`: what this consumer has been given and not settled. */
  async #read(from: '>' | '0', count: number, of = streams): Promise<Found> {
    const {consumer} = this.#options;
    const replies = await this.#onEach(
      (pipeline, stream) => pipeline.xreadgroup('GROUP', group, consumer, 'COUNT', count, 'STREAMS', stream, from),
      {of},
    );
    return replies.flatMap(({reply}) => toEntries(reply));
  }

  #hearAllAgain(andAt: number): void {
    this.#unheard = new Set(streams);
    this.#hearAgainAt = andAt;
  }

  async #createGroups(): Promise<void> {
    this.#ready = true;
    await this.#onEach(
      (pipeline, stream) => pipeline.xgroup('CREATE', stream, group, '0', 'MKSTREAM').pexpire(stream, idleMs, 'NX'),
      {ignored: ({message}) => message.startsWith('BUSYGROUP')},
    );
  }

  /** Keeps the streams alive, and takes over messages of workers that have not been heard of. */
  async #sweep(): Promise<QueuedEntry[]> {
    const {consumer} = this.#options;
    await this.#onEach((pipeline, stream) => pipeline.pexpire(stream, idleMs, 'GT'));
    const replies = await this.#onEach((pipeline, stream) => {
      const cursor = this.#cursors.get(stream) ?? '0-0';
      return pipeline.xautoclaim(stream, group, consumer, this.#claimMs, cursor, 'COUNT', batchPerStream);
    });
    const found: {stream: string; entry: Entry}[] = [];
    for (const {stream, reply} of replies) {
      const [cursor, entries] = reply as [string, (Entry | null)[]];
      // The next sweep goes on where this one has ended: what nobody can read hides nothing behind it.
      this.#cursors.set(stream, cursor);
      found.push(...entries.filter((entry) => entry !== null).map((entry) => ({stream, entry})));
    }
    return this.#toMessages(found);
  }

  /**
   * The same for every stream, in one round trip a server; `ignored` errors are none. A stream that has moved, or whose
   * server is away, keeps nobody from what the others have: it fails only when all do.
   */
  async #onEach(
    add: (pipeline: ChainableCommander, stream: string) => ChainableCommander,
    {ignored = () => false, of = streams}: {ignored?: (error: Error) => boolean; of?: readonly string[]} = {},
  ): Promise<{stream: string; reply: unknown}[]> {
    let failure: unknown;
    const answers = await Promise.all(
      [...this.#byServer(of)].map(async ([redis, own]) => {
        const pipeline = redis.pipeline();
        const ends = own.map((stream) => add(pipeline, stream).length);
        const replies = (await pipeline.exec()) ?? [];
        return own.flatMap((stream, index) => {
          const its = replies.slice(ends[index - 1] ?? 0, ends[index]);
          const error = its.map(([each]) => each).find((each) => each && !ignored(each));
          if (!error) return [{stream, reply: its.at(-1)?.[1]}];
          failure ??= error;
          this.#unheard.add(stream);
          return [];
        });
      }),
    );
    const answered = answers.flat();
    if (failure !== undefined) this.#ready = false;
    if (answered.length === 0) throw failure ?? new StoreError('not_executed', 'Redis: no server is known');
    return answered;
  }

  /** The streams of each server that is known. */
  #byServer(of: readonly string[]): Map<Redis, string[]> {
    const servers = new Map<Redis, string[]>();
    for (const stream of of) {
      try {
        const redis = this.#options.servers.connection(stream);
        servers.set(redis, [...(servers.get(redis) ?? []), stream]);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#ready = false;
      }
    }
    return servers;
  }

  async #on<T>(key: string, run: (redis: Redis, key: string) => Promise<T>): Promise<T> {
    return run(this.#options.servers.connection(key), key);
  }

  async #forget(now: number): Promise<void> {
    if (now - this.#forgotAt < forgetMs) return;
    this.#forgotAt = now;
    const args = [group, forgetMs];
    await Promise.all(
      streams.map((stream) => this.#on(stream, (redis) => runScript(redis, {name: 'forget', keys: [stream], args}))),
    );
  }

  /** By the clock of the server that has this stream. */
  async #now(stream: string): Promise<number> {
    const [seconds, micros] = await this.#on(stream, (redis) => redis.time());
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  async #toMessages(found: Found): Promise<QueuedEntry[]> {
    const {servers, addressOf} = this.#options;
    const clocks = new Map<Redis, number>();
    const messages: QueuedEntry[] = [];
    for (const {stream, entry} of found) {
      const redis = servers.connection(stream);
      const now = clocks.get(redis) ?? (await this.#now(stream));
      clocks.set(redis, now);
      const fields = toFields(entry[1]);
      const address = addressOf(fields.i ?? '');
      if (address === undefined || outboxKey(address.partition) !== stream) {
        // Under a key that this process lacks: left for a worker that has it, for as long as the code lives.
        if (!(Number(fields.e) > now)) await redis.multi().xack(stream, group, entry[0]).xdel(stream, entry[0]).exec();
        continue;
      }
      const remainingMs = Number(fields.e) - now;
      const event = fields.v === undefined ? undefined : events[fields.v];
      if (event !== undefined) {
        messages.push({entry: entry[0], address, event, remainingMs});
        continue;
      }
      messages.push({
        entry: entry[0],
        address,
        sealedCode: fields.c ?? '',
        sealedAddress: fields.a ?? '',
        remainingMs,
        resends: Number(fields.r),
        ...(fields.p === undefined || fields.p === '' ? {} : {avoid: fields.p}),
        ...(fields.h === undefined || fields.h === '' ? {} : {channel: fields.h as Channel}),
      });
    }
    return messages;
  }

  async #do(command: Promise<unknown>): Promise<void> {
    try {
      await command;
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

type Entry = readonly [id: string, fields: readonly string[]];

function toFields(list: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < list.length; i += 2) fields[String(list[i])] = String(list[i + 1]);
  return fields;
}

/** The entries of a reply to XREADGROUP. One that is no longer in its stream has no fields. */
function toEntries(reply: unknown): {stream: string; entry: Entry}[] {
  if (!Array.isArray(reply)) return [];
  return (reply as [string, Entry[]][]).flatMap(([stream, entries]) =>
    entries.filter(([, fields]) => fields !== null).map((entry) => ({stream, entry})),
  );
}

/** The greatest id before this one. */
function before(entry: string): string {
  const [ms = '0', sequence = '0'] = entry.split('-');
  return sequence === '0' ? `${BigInt(ms) - 1n}-18446744073709551615` : `${ms}-${BigInt(sequence) - 1n}`;
}

/** A result as the script `settle` takes it. */
export function resultLetter(result: DeliveryResult): string {
  if (result.kind === 'failed') return result.reason === 'expired' ? 'x' : 'f';
  return result.kind === 'sent' ? 's' : 'o';
}
