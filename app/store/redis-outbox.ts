import type {Redis} from 'ioredis';
import {
  claimAfterMs,
  type DeliveryResult,
  type MessageName,
  type Outbox,
  type OutboxDepth,
  type QueuedMessage,
} from '../delivery/outbox.ts';
import {partitionCount} from '../domain/pseudonym.ts';
import {isCurrentIn} from './current-message.ts';
import {keysOf, lineageKey, outboxKey} from './keys.ts';
import {toStoreError} from './redis-errors.ts';
import {runScript} from './redis-scripts.ts';
import type {Address, Store} from './store.ts';

export interface RedisOutboxOptions {
  /** For commands that answer at once. */
  readonly redis: Redis;
  /** A connection of its own, because `receive` waits on it; its command time-out has to exceed the longest wait. */
  readonly blocking: Redis;
  /** Names this worker among others; unique to the process. */
  readonly consumer: string;
  readonly store: Pick<Store, 'read'>;
  /** Reads an id that was found in a stream; undefined for one that this process has no key for. */
  readonly addressOf: (id: string) => Address | undefined;
  /** After how long without a word a message is taken over from its worker. @default claimAfterMs */
  readonly claimMs?: number;
}

const group = 'workers';
export const resultLetters: Record<DeliveryResult['kind'], string> = {sent: 's', failed: 'f', obsolete: 'o'};
/** How long an outbox without messages is kept; the sweep renews it. */
const idleMs = 3_600_000;
/** How long a worker without messages is remembered: far longer than one that lives is silent. */
const forgetMs = 600_000;
const batchPerStream = 4;
/** What a call may have been given whose answer was lost. */
const recoveryPerStream = 200;
const streams = Array.from({length: partitionCount}, (_, partition) => outboxKey(partition));

/** The outbox in Redis: a stream a partition, a consumer group over all of them. */
export class RedisOutbox implements Outbox {
  readonly #options: RedisOutboxOptions;
  readonly #claimMs: number;
  #ready = false;
  #recovers = false;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;
  readonly #cursors = new Map<string, string>();

  constructor(options: RedisOutboxOptions) {
    this.#options = options;
    this.#claimMs = options.claimMs ?? claimAfterMs;
  }

  async receive(waitMs: number): Promise<QueuedMessage[]> {
    try {
      if (!this.#ready) await this.#createGroups();
      const now = performance.now();
      if (now - this.#sweptAt > this.#claimMs / 3) {
        const claimed = await this.#sweep();
        // As long as there is more to take over, the next call goes on with it.
        if (claimed.length > 0) return claimed;
        this.#sweptAt = now;
        await this.#forget(now);
      }
      // What an earlier call was given and could not pass on, because the connection was lost on the way.
      if (this.#recovers) {
        const pending = await this.#read('0', undefined);
        this.#recovers = false;
        if (pending.length > 0) return pending;
      }
      return await this.#read('>', waitMs);
    } catch (error) {
      this.#ready = false;
      this.#recovers = true;
      throw toStoreError(error);
    }
  }

  async renew({entry, address}: MessageName): Promise<void> {
    await this.#do(
      this.#options.redis.xclaim(outboxKey(address.partition), group, this.#options.consumer, 0, entry, 'JUSTID'),
    );
  }

  park(): void {
    // The stream has it, and names this worker as its owner.
  }

  async retake(messages: readonly MessageName[]): Promise<QueuedMessage[]> {
    const {redis, consumer} = this.#options;
    try {
      const found = await Promise.all(
        messages.map(async ({entry, address: {partition}}) => {
          const stream = outboxKey(partition);
          // The first of this worker's own from there on: this one, unless another worker has claimed it. It renews, too.
          const from = before(entry);
          const reply = await redis.xreadgroup('GROUP', group, consumer, 'COUNT', 1, 'STREAMS', stream, from);
          return toEntries(reply).filter(({entry: [id]}) => id === entry);
        }),
      );
      return await this.#toMessages(found.flat());
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async release(messages: readonly MessageName[]): Promise<void> {
    const {redis, consumer} = this.#options;
    await this.#do(
      Promise.all(
        messages.map(({entry, address: {partition}}) =>
          redis.xclaim(outboxKey(partition), group, consumer, 0, entry, 'IDLE', this.#claimMs, 'JUSTID'),
        ),
      ),
    );
  }

  isCurrent(message: QueuedMessage): Promise<boolean> {
    return isCurrentIn(this.#options.store, message);
  }

  async settle({entry, address, resends}: QueuedMessage, result: DeliveryResult): Promise<void> {
    const {verification, recipient, outbox} = keysOf(address);
    const args = [
      address.tag,
      group,
      entry,
      resultLetters[result.kind],
      'provider' in result ? (result.provider ?? '') : '',
      resends,
    ];
    await this.#do(
      runScript(this.#options.redis, {name: 'settle', keys: [verification, recipient, outbox, lineageKey()], args}),
    );
  }

  async depth(): Promise<OutboxDepth> {
    const {redis} = this.#options;
    try {
      const [now, ...of] = await Promise.all([
        this.#now(),
        ...streams.map(async (stream) => {
          const [messages, oldest] = await Promise.all([
            redis.xlen(stream),
            redis.xrange(stream, '-', '+', 'COUNT', 1),
          ]);
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
    this.#options.blocking.disconnect();
  }

  async close(): Promise<void> {
    this.#options.blocking.disconnect();
  }

  /** From `'>'`: what nobody has been given yet. From `'0'`: what this consumer has been given and not settled. */
  async #read(from: '>' | '0', waitMs: number | undefined): Promise<QueuedMessage[]> {
    const {blocking, consumer} = this.#options;
    const ids = streams.map(() => from);
    const reply =
      waitMs === undefined
        ? await blocking.xreadgroup('GROUP', group, consumer, 'COUNT', recoveryPerStream, 'STREAMS', ...streams, ...ids)
        : await blocking.xreadgroup(
            'GROUP',
            group,
            consumer,
            'COUNT',
            batchPerStream,
            'BLOCK',
            waitMs,
            'STREAMS',
            ...streams,
            ...ids,
          );
    return this.#toMessages(toEntries(reply));
  }

  async #createGroups(): Promise<void> {
    const {redis} = this.#options;
    const pipeline = redis.pipeline();
    for (const stream of streams)
      pipeline.xgroup('CREATE', stream, group, '0', 'MKSTREAM').pexpire(stream, idleMs, 'NX');
    for (const [error] of (await pipeline.exec()) ?? []) {
      if (error && !error.message.startsWith('BUSYGROUP')) throw error;
    }
    this.#ready = true;
  }

  /** Keeps the streams alive, and takes over messages of workers that have not been heard of. */
  async #sweep(): Promise<QueuedMessage[]> {
    const {redis, consumer} = this.#options;
    const pipeline = redis.pipeline();
    for (const stream of streams) {
      const cursor = this.#cursors.get(stream) ?? '0-0';
      pipeline
        .pexpire(stream, idleMs, 'GT')
        .xautoclaim(stream, group, consumer, this.#claimMs, cursor, 'COUNT', batchPerStream);
    }
    const found: {stream: string; entry: Entry}[] = [];
    for (const [index, [error, reply]] of ((await pipeline.exec()) ?? []).entries()) {
      if (error) throw error;
      const stream = streams[Math.floor(index / 2)];
      if (stream === undefined || !Array.isArray(reply)) continue;
      const [cursor, entries] = reply as [string, (Entry | null)[]];
      // The next sweep goes on where this one has ended: what nobody can read hides nothing behind it.
      this.#cursors.set(stream, cursor);
      found.push(...entries.filter((entry) => entry !== null).map((entry) => ({stream, entry})));
    }
    return this.#toMessages(found);
  }

  async #forget(now: number): Promise<void> {
    if (now - this.#forgotAt < forgetMs) return;
    this.#forgotAt = now;
    for (const stream of streams)
      await runScript(this.#options.redis, {name: 'forget', keys: [stream], args: [group, forgetMs]});
  }

  async #now(): Promise<number> {
    const [seconds, micros] = await this.#options.redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  async #toMessages(found: readonly {stream: string; entry: Entry}[]): Promise<QueuedMessage[]> {
    if (found.length === 0) return [];
    const {redis, addressOf} = this.#options;
    const now = await this.#now();
    const messages: QueuedMessage[] = [];
    for (const {stream, entry} of found) {
      const fields = toFields(entry[1]);
      const address = addressOf(fields.i ?? '');
      if (address === undefined || outboxKey(address.partition) !== stream) {
        // Under a key that this process lacks: left for a worker that has it, for as long as the code lives.
        if (!(Number(fields.e) > now)) await redis.multi().xack(stream, group, entry[0]).xdel(stream, entry[0]).exec();
        continue;
      }
      messages.push({
        entry: entry[0],
        address,
        sealedCode: fields.c ?? '',
        sealedAddress: fields.a ?? '',
        remainingMs: Number(fields.e) - now,
        resends: Number(fields.r),
        ...(fields.p === undefined || fields.p === '' ? {} : {avoid: fields.p}),
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
