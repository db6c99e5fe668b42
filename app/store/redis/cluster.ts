import calculateSlot from 'cluster-key-slot';
import type {Redis} from 'ioredis';
import type {ScriptCall} from '../redis-scripts.ts';
import {StoreError} from '../store.ts';
import type {OpenRedisServers} from './servers.ts';
import {type Endpoint, formatEndpoint} from './target.ts';

export interface ClusterServersOptions {
  /** Some nodes, through which the others are found. */
  readonly nodes: readonly Endpoint[];
  readonly open: (master: Endpoint) => OpenRedisServers;
  /** Asks a node that is no master, or not known as one yet, over a connection of its own. */
  readonly ask: (endpoint: Endpoint) => Promise<SlotRanges>;
}

/** The reply of `CLUSTER SLOTS`: from, to, the master, replicas. */
export type SlotRanges = readonly (readonly [
  number,
  number,
  readonly [host: string | null, port: number],
  ...unknown[],
])[];

const slotCount = 16_384;
const refreshEveryMs = 10_000;

/**
 * The masters of a Redis Cluster. Each has connections of its own, so that what belongs together (a batch of scripts and
 * its `WAIT`) stays together, and nothing is sent again that may have been executed: a redirection (`MOVED`, `ASK`) is an
 * operation that was not executed, after which the map of the slots is read anew.
 */
export class ClusterServers implements OpenRedisServers {
  readonly sharded = true;
  readonly #options: ClusterServersOptions;
  readonly #nodes = new Map<string, OpenRedisServers>();
  #owners: readonly (Endpoint | undefined)[] = [];
  #refreshing: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ClusterServersOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#refresh(), refreshEveryMs).unref();
    void this.#refresh();
  }

  async run(call: ScriptCall): Promise<unknown> {
    const node = this.#nodeOf(call.keys[0] ?? '');
    try {
      return await node.run(call);
    } catch (error) {
      if (!(error instanceof StoreError) || error.effect === 'not_executed') void this.#refresh();
      throw error;
    }
  }

  connection(key: string): Redis {
    return this.#nodeOf(key).connection(key);
  }

  async ping(): Promise<void> {
    const nodes = [...this.#nodes.values()];
    if (nodes.length === 0 || this.#owners.includes(undefined)) {
      void this.#refresh();
      throw notServed('some slots');
    }
    await Promise.all(nodes.map((node) => node.ping())).catch((error) => {
      void this.#refresh();
      throw error;
    });
  }

  close(): void {
    clearInterval(this.#timer);
    for (const node of this.#nodes.values()) node.close();
  }

  #nodeOf(key: string): OpenRedisServers {
    const owner = this.#owners[calculateSlot(key)];
    const node = owner === undefined ? undefined : this.#nodes.get(formatEndpoint(owner));
    if (node !== undefined) return node;
    void this.#refresh();
    throw notServed(`the slot of ${key}`);
  }

  /** One at a time: many operations that fail together are one reason. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Asks one node after the other; while none answers, the map stays. */
  async #read(): Promise<void> {
    const known = [...new Set(this.#owners)].filter((owner) => owner !== undefined);
    for (const endpoint of [...shuffled(known), ...shuffled(this.#options.nodes)]) {
      try {
        const redis = this.#nodes.get(formatEndpoint(endpoint))?.connection('');
        const isUsable = redis?.status === 'ready';
        this.#apply(await (isUsable ? readSlots(redis) : this.#options.ask(endpoint)), endpoint);
        return;
      } catch {
        // The next one may answer; whoever needs a server hears that there is none.
      }
    }
  }

  #apply(ranges: SlotRanges, asked: Endpoint): void {
    const owners = new Array<Endpoint | undefined>(slotCount).fill(undefined);
    for (const [from, to, [host, port]] of ranges) {
      // A node that does not know its own name leaves it out.
      const owner = {host: host || asked.host, port};
      owners.fill(owner, from, to + 1);
      const name = formatEndpoint(owner);
      if (!this.#nodes.has(name)) this.#nodes.set(name, this.#options.open(owner));
    }
    this.#owners = owners;
    const masters = new Set(owners.flatMap((owner) => (owner === undefined ? [] : [formatEndpoint(owner)])));
    for (const [name, node] of this.#nodes) {
      if (masters.has(name)) continue;
      node.close();
      this.#nodes.delete(name);
    }
  }
}

export async function readSlots(redis: Redis): Promise<SlotRanges> {
  return (await redis.cluster('SLOTS')) as unknown as SlotRanges;
}

function notServed(what: string): StoreError {
  return new StoreError('not_executed', `Redis: no node of the cluster is known to serve ${what}`);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({item, order: Math.random()}))
    .toSorted((a, b) => a.order - b.order)
    .map(({item}) => item);
}
