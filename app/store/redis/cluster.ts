import type {Redis} from 'ioredis';
import type {ScriptCall} from '../redis-scripts.ts';
import {StoreError} from '../store.ts';
import type {OpenRedisServers} from './servers.ts';
import {continueLineage, movesBetween} from './slot-move.ts';
import {readSlots, type SlotMap, slotOf} from './slots.ts';
import {type Endpoint, formatEndpoint, isSameEndpoint} from './target.ts';

export interface ClusterServersOptions {
  /** Some nodes, through which the others are found. */
  readonly nodes: readonly Endpoint[];
  readonly open: (master: Endpoint) => OpenRedisServers;
  /** Asks a node that is no master, or not known as one yet, over a connection of its own. */
  readonly ask: (endpoint: Endpoint) => Promise<SlotMap>;
  /** Hears when slots are elsewhere. */
  readonly onMoved: () => void;
}

const refreshEveryMs = 10_000;
/** The part of what no master has, or of which no map tells yet. */
const nobody = 'nobody';

/**
 * The masters of a Redis Cluster. Each has connections of its own, so that what belongs together (a batch of scripts and
 * its `WAIT`) stays together, and nothing is sent again that may have been executed: a redirection (`MOVED`, `ASK`) is an
 * operation that was not executed, after which the map of the slots is read anew.
 */
export class ClusterServers implements OpenRedisServers {
  readonly sharded = true;
  readonly away = new Set<string>();
  readonly #options: ClusterServersOptions;
  readonly #nodes = new Map<string, OpenRedisServers>();
  #owners: SlotMap = [];
  #refreshing: Promise<void> | undefined;
  #isClosed = false;
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

  part(key: string): string {
    const owner = this.#owners[slotOf(key)];
    return owner === undefined ? nobody : formatEndpoint(owner);
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
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const node of this.#nodes.values()) node.close();
  }

  #nodeOf(key: string): OpenRedisServers {
    const owner = this.#owners[slotOf(key)];
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

  /** Asks one node after the other; while none tells of a master, the map stays. */
  async #read(): Promise<void> {
    const known = [...new Set(this.#owners)].filter((owner) => owner !== undefined);
    for (const endpoint of [...shuffled(known), ...shuffled(this.#options.nodes)]) {
      try {
        const redis = this.#nodes.get(formatEndpoint(endpoint))?.connection('');
        const isUsable = redis?.status === 'ready';
        const owners = await (isUsable ? readSlots(redis) : this.#options.ask(endpoint));
        // One that has lost its disk is a cluster of its own, and knows nothing of the others.
        if (owners.every((owner) => owner === undefined)) continue;
        await this.#apply(owners);
        return;
      } catch {
        // The next one may answer; whoever needs a server hears that there is none.
      }
    }
  }

  async #apply(owners: SlotMap): Promise<void> {
    if (this.#isClosed) return;
    const masters = new Map<string, Endpoint>();
    for (const owner of new Set(owners)) if (owner !== undefined) masters.set(formatEndpoint(owner), owner);
    for (const [name, owner] of masters) if (!this.#nodes.has(name)) this.#nodes.set(name, this.#options.open(owner));
    const moves = movesBetween(this.#owners, owners, (name) => this.#nodes.get(name));
    // Before anybody asks the new server: who came too early would find the codes lost that have moved.
    await Promise.allSettled(moves.map(continueLineage));
    const hasMoved = owners.some((owner, slot) => !isSameEndpoint(owner, this.#owners[slot]));
    this.#owners = owners;
    if (hasMoved) this.#options.onMoved();
    for (const [name, node] of this.#nodes) {
      if (masters.has(name)) continue;
      node.close();
      this.#nodes.delete(name);
    }
  }
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
