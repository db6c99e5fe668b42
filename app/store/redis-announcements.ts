import {type Announcements, eventLifetimeMs} from '../delivery/announcements.ts';
import type {DeliveryReport, DeliveryReports, ReportOutcome} from '../delivery/reports.ts';
import {dueKey, keysOf, lineageKey} from './keys.ts';
import type {RedisServers} from './redis/servers.ts';
import {toStoreError} from './redis-errors.ts';
import {type Address, tombstoneMs} from './store.ts';

const letters = {delivered: 'd', failed: 'f'} as const;
const duePerLook = 50;

export interface RedisAnnouncementsOptions {
  readonly servers: RedisServers;
  /** Reads an id that was found; undefined for one that this process has no key for. */
  readonly addressOf: (id: string) => Address | undefined;
}

/** What happens to verifications after their message was handed over: reports of providers, and the ends to be told. */
export class RedisAnnouncements implements Announcements, DeliveryReports {
  readonly #options: RedisAnnouncementsOptions;

  constructor(options: RedisAnnouncementsOptions) {
    this.#options = options;
  }

  async watch({partition, id}: Address, lifetimeMs: number): Promise<void> {
    const key = dueKey(partition);
    const redis = this.#options.servers.connection(key);
    // By this process' clock: a look that comes too early finds the verification pending, and corrects it.
    const dueAt = Date.now() + lifetimeMs;
    await this.#do(
      Promise.all([redis.zadd(key, dueAt, id), redis.pexpire(key, lifetimeMs + tombstoneMs, 'NX')]).then(() =>
        redis.pexpire(key, lifetimeMs + tombstoneMs, 'GT'),
      ),
    );
  }

  async unwatch({partition, id}: Address): Promise<void> {
    const key = dueKey(partition);
    await this.#do(this.#options.servers.connection(key).zrem(key, id));
  }

  async announce(address: Address): Promise<void> {
    const {verification, recipient, outbox} = keysOf(address);
    await this.#options.servers.run({
      name: 'announce',
      keys: [verification, recipient, outbox, dueKey(address.partition), this.#lineage(address)],
      args: [address.tag, address.id, eventLifetimeMs],
    });
  }

  /** Announces what has expired in a partition, and all whose end nobody has announced at the time. */
  async look(partition: number): Promise<void> {
    const {servers, addressOf} = this.#options;
    const key = dueKey(partition);
    const ids = await servers.connection(key).zrangebyscore(key, '-inf', Date.now(), 'LIMIT', 0, duePerLook);
    for (const id of ids) {
      const address = addressOf(id);
      if (address !== undefined) await this.announce(address);
    }
  }

  async report(address: Address, {provider, resends, status}: DeliveryReport): Promise<ReportOutcome> {
    const {verification, recipient} = keysOf(address);
    const reply = await this.#options.servers.run({
      name: 'report',
      keys: [verification, recipient, this.#lineage(address)],
      args: [address.tag, resends, letters[status], provider],
    });
    return reply as ReportOutcome;
  }

  #lineage({partition}: Address): string {
    return lineageKey(this.#options.servers.sharded ? partition : undefined);
  }

  async #do(commands: Promise<unknown>): Promise<void> {
    await commands.catch((error) => Promise.reject(toStoreError(error)));
  }
}
