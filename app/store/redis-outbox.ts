import type {Redis} from 'ioredis';
import {claimAfterMs, type DeliveryResult, type Outbox, type QueuedMessage} from '../delivery/outbox.ts';
import {partitionCount} from '../domain/pseudonym.ts';
import {keysOf, outboxKey} from './keys.ts';
import {toStoreError} from './redis-errors.ts';
import {deliveryLetters} from './redis-replies.ts';
import {runScript} from './redis-scripts.ts';
import {type Address, type Store, tombstoneMs} from './store.ts';

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
}

const group = 'workers';
/** How long an outbox without messages is kept; the sweep renews it. */
const idleMs = 3_600_000;
const sweepEveryMs = 10_000;
const batchPerStream = 4;
const streams = Array.from({length: partitionCount}, (_, partition) => outboxKey(partition));

/** The outbox in Redis: a stream a partition, a consumer group over all of them. */
export class RedisOutbox implements Outbox {
  readonly #options: RedisOutboxOptions;
  #ready = false;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: RedisOutboxOptions) {
    this.#options = options;
  }

  async receive(waitMs: number): Promise<QueuedMessage[]> {
    try {
      if (!this.#ready) await this.#createGroups();
      const now = performance.now();
      if (now - this.#sweptAt > sweepEveryMs) {
        this.#sweptAt = now;
        const claimed = await this.#sweep();
        if (claimed.length > 0) return claimed;
      }
      const reply = await this.#options.blocking.xreadgroup(
        'GROUP',
        group,
        this.#options.consumer,
        'COUNT',
        batchPerStream,
        'BLOCK',
        waitMs,
        'STREAMS',
        ...streams,
        ...streams.map(() => '>'),
      );
      if (!Array.isArray(reply)) return [];
      return await this.#toMessages(
        reply.flatMap(([stream, entries]) => (entries as Entry[]).map((entry) => ({stream: String(stream), entry}))),
      );
    } catch (error) {
      this.#ready = false;
      throw toStoreError(error);
    }
  }

  async renew({entry, address}: QueuedMessage): Promise<void> {
    await this.#do(
      this.#options.redis.xclaim(keysOf(address).outbox, group, this.#options.consumer, 0, entry, 'JUSTID'),
    );
  }

  async isCurrent({address, resends}: QueuedMessage): Promise<boolean> {
    const outcome = await this.#options.store.read(address);
    return outcome.kind === 'found' && outcome.snapshot.status === 'pending' && outcome.snapshot.resends === resends;
  }

  async settle({entry, address, resends}: QueuedMessage, result: DeliveryResult): Promise<void> {
    const {verification, recipient, outbox} = keysOf(address);
    const args = [address.tag, group, entry, deliveryLetters[result.kind], result.provider ?? '', tombstoneMs, resends];
    await this.#do(runScript(this.#options.redis, 'settle', [verification, recipient, outbox], args));
  }

  async close(): Promise<void> {
    this.#options.blocking.disconnect();
  }

  async #createGroups(): Promise<void> {
    const {redis} = this.#options;
    const pipeline = redis.pipeline();
    for (const stream of streams) pipeline.xgroup('CREATE', stream, group, '0', 'MKSTREAM').pexpire(stream, idleMs);
    for (const [error] of (await pipeline.exec()) ?? []) {
      if (error && !error.message.startsWith('BUSYGROUP')) throw error;
    }
    this.#ready = true;
  }

  /** Keeps the streams alive, and takes over messages of workers that have not been heard of. */
  async #sweep(): Promise<QueuedMessage[]> {
    const {redis, consumer} = this.#options;
    const pipeline = redis.pipeline();
    for (const stream of streams)
      pipeline.pexpire(stream, idleMs).xautoclaim(stream, group, consumer, claimAfterMs, '0', 'COUNT', batchPerStream);
    const found: {stream: string; entry: Entry}[] = [];
    for (const [index, [error, reply]] of ((await pipeline.exec()) ?? []).entries()) {
      if (error) throw error;
      const entries = Array.isArray(reply) ? (reply[1] as (Entry | null)[]) : [];
      const stream = streams[Math.floor(index / 2)];
      if (stream !== undefined)
        found.push(...entries.filter((entry) => entry !== null).map((entry) => ({stream, entry})));
    }
    return this.#toMessages(found);
  }

  async #toMessages(found: readonly {stream: string; entry: Entry}[]): Promise<QueuedMessage[]> {
    if (found.length === 0) return [];
    const {redis, addressOf} = this.#options;
    const [seconds, micros] = await redis.time();
    const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    const messages: QueuedMessage[] = [];
    for (const {stream, entry} of found) {
      const fields = toFields(entry[1]);
      const address = addressOf(fields.i ?? '');
      // Under a key of another release: left for a worker that has it, and for the stream's end if there is none.
      if (address === undefined || outboxKey(address.partition) !== stream) continue;
      messages.push({
        entry: entry[0],
        address,
        sealedCode: fields.c ?? '',
        sealedAddress: fields.a ?? '',
        remainingMs: Number(fields.e) - now,
        resends: Number(fields.r),
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
