import type {KeyObject} from 'node:crypto';
import {setTimeout as delay} from 'node:timers/promises';
import type {Logger} from 'pino';
import type {CreateHeld} from '../fallback/create-held.ts';
import type {Peer, PeerStatus, Peers} from '../fallback/peers.ts';
import {reaches} from '../fallback/reach.ts';
import {isCertain, StoreError} from '../store/store.ts';
import {connectPeer, type PeerConnection} from './peer-connection.ts';
import {askPeer, peerStore} from './peer-store.ts';
import {type Answer, outcomeOf, paths, toStatus} from './protocol.ts';
import type {PeerTls} from './tls.ts';

export interface PeerDirectoryOptions {
  /** The addresses, `host:port`, at which peers may be; rejects if it cannot tell. */
  readonly resolve: () => Promise<readonly string[]>;
  readonly tls: PeerTls;
  readonly instance: string;
  readonly key: KeyObject;
  readonly log: Logger;
  /** Counts what became of each call. */
  readonly onCall?: (operation: string, result: 'answered' | 'not_executed' | 'unknown') => void;
  /** The time between two looks, spread by half. @default 1000 */
  readonly lookEveryMs?: number;
}

/** A peer that has not said how it is for so many looks is not ready. */
const readyForLooks = 4;
const greetingMs = 1000;
const never = Number.NEGATIVE_INFINITY;

/** What is known of an address. */
interface Place {
  readonly address: string;
  /** Who was there last; stays when the connection is lost, until somebody else proves to be there. */
  instance?: string;
  connection?: PeerConnection;
  status?: PeerStatus;
  heardAt: number;
  /** Since when it has been heard of without a break. */
  readyAt: number;
  /** When it said by itself how it is. */
  toldAt: number;
  /** Looks in a row at which it has not said how it is. */
  missed: number;
  listed: boolean;
  problem?: string;
}

interface Look {
  /** Whether every address was asked and told who is there. */
  readonly isComplete: boolean;
  readonly instances: ReadonlySet<string>;
}

/**
 * Knows the other processes of the service: looks their addresses up, keeps a connection to each that has proved which
 * instance it is, and asks how it is. Connections are opened to what the look-up lists and to nothing else.
 */
export class PeerDirectory implements Peers {
  readonly #options: PeerDirectoryOptions;
  readonly #lookEveryMs: number;
  readonly #places = new Map<string, Place>();
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #waiting: ((look: Look) => void)[] = [];
  /** Who has asked and was not found by a look because of that: it is not looked for each time that it asks. */
  readonly #unfound = new Set<string>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: PeerDirectoryOptions) {
    this.#options = options;
    this.#lookEveryMs = options.lookEveryMs ?? 1000;
  }

  /** Resolves once it has looked at all addresses: who acts before knows of nobody. Never rejects. */
  async start(): Promise<void> {
    const looked = this.#nextLook();
    this.#running = this.#run();
    await looked;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#running;
    for (const {connection} of this.#places.values()) connection?.close();
  }

  ready(): readonly Peer[] {
    const oldest = this.#oldestOfReady();
    const peers = new Map<string, Peer>();
    for (const place of this.#others()) {
      const {status, heardAt, connection, instance} = place;
      if (instance !== undefined && connection?.isOpen && status?.stopping === false && heardAt >= oldest)
        peers.set(instance, this.#peer(place, instance));
    }
    return [...peers.values()];
  }

  unreadyHolders(): readonly Peer[] {
    const ready = new Set(this.ready().map(({instance}) => instance));
    return this.#others().flatMap((place) => {
      const {instance, status} = place;
      return instance === undefined || ready.has(instance) || status?.holds === false
        ? []
        : [this.#peer(place, instance)];
    });
  }

  find(instance: string): Peer | undefined {
    const places = this.#others().filter((each) => each.instance === instance);
    const place = places.find(({connection}) => connection?.isOpen) ?? places[0];
    return place === undefined ? undefined : this.#peer(place, instance);
  }

  async tell(status: PeerStatus, deadlineMs: number): Promise<void> {
    // Who does not hear it asks within a second.
    await Promise.allSettled(
      this.#others().map(({connection}) => connection?.isOpen && connection.call(paths.told, status, deadlineMs)),
    );
  }

  /** A peer has asked. One that is not known has just joined: it is looked for at once, so that all see the same processes. */
  async meet(instance: string): Promise<void> {
    if (this.find(instance) !== undefined || this.#unfound.has(instance)) return;
    this.#unfound.add(instance);
    await this.#nextLook();
  }

  /** A peer has said how it is; resolves once it is known, if it is to be found. */
  async hear(instance: string, status: PeerStatus): Promise<void> {
    if (this.find(instance) === undefined) await this.#nextLook();
    for (const place of this.#others()) {
      if (place.instance !== instance) continue;
      place.status = status;
      place.toldAt = performance.now();
    }
  }

  async isGone(instance: string): Promise<boolean> {
    const {isComplete, instances} = await this.#nextLook();
    return isComplete && !instances.has(instance);
  }

  /** A look that begins after this call, and soon. */
  #nextLook(): Promise<Look> {
    if (this.#stopping.signal.aborted) return Promise.resolve({isComplete: false, instances: new Set()});
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#wake.abort();
    });
  }

  /** Who was heard of last before that moment is not ready. */
  #oldestOfReady(): number {
    return performance.now() - readyForLooks * this.#lookEveryMs;
  }

  #others(): Place[] {
    return [...this.#places.values()].filter(({instance}) => instance !== this.#options.instance);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const waiting = this.#waiting.splice(0);
      this.#wake = new AbortController();
      const look = await this.#look();
      for (const tell of waiting) tell(look);
      const pauseMs = this.#lookEveryMs * (0.5 + Math.random() / 2);
      if (this.#waiting.length > 0) await this.#pause(this.#lookEveryMs / 10, this.#stopping.signal);
      else await this.#pause(pauseMs, AbortSignal.any([this.#stopping.signal, this.#wake.signal]));
    }
    for (const tell of this.#waiting.splice(0)) tell({isComplete: false, instances: new Set()});
  }

  async #look(): Promise<Look> {
    const listed = await this.#options.resolve().catch((error) => {
      this.#options.log.warn({reason: error instanceof Error ? error.message : String(error)}, 'peers not found');
      return undefined;
    });
    if (listed !== undefined) {
      for (const place of this.#places.values()) place.listed = listed.includes(place.address);
      for (const address of listed)
        if (!this.#places.has(address))
          this.#places.set(address, {address, heardAt: never, readyAt: never, toldAt: never, missed: 0, listed: true});
    }
    const heard = await Promise.all([...this.#places.values()].map((place) => this.#visit(place)));
    // Who is listed no more and does not answer either is gone.
    for (const [address, {listed, connection}] of this.#places)
      if (!listed && !connection?.isOpen) this.#places.delete(address);
    const instances = new Set([...this.#places.values()].flatMap(({instance}) => instance ?? []));
    for (const instance of instances) this.#unfound.delete(instance);
    return {isComplete: listed !== undefined && heard.every((known) => known), instances};
  }

  /** False if nobody at this address has told who is there. */
  async #visit(place: Place): Promise<boolean> {
    const {tls, instance, key, log} = this.#options;
    if (place.instance === instance) return true;
    try {
      if (!place.connection?.isOpen) {
        place.connection = await connectPeer({address: place.address, tls, instance, key, timeoutMs: greetingMs});
        place.instance = place.connection.instance;
        place.readyAt = performance.now();
        delete place.status;
        if (place.instance === instance) {
          place.connection.close();
          return true;
        }
        log.info({address: place.address, instance: place.instance}, 'met a peer');
      }
      const askedAt = performance.now();
      const status = toStatus(await place.connection.call(paths.status, {}, this.#lookEveryMs));
      // What it has told meanwhile is newer.
      if (place.toldAt < askedAt) place.status = status;
      if (place.heardAt < this.#oldestOfReady()) place.readyAt = performance.now();
      place.heardAt = performance.now();
      place.missed = 0;
      delete place.problem;
      return true;
    } catch (error) {
      // One that is not answering any more is opened anew, which tells who is there now. But what is under way over it
      // would be of unknown outcome: a busy peer is given another chance.
      place.missed++;
      if (place.missed > 1) place.connection?.close();
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== place.problem) log.warn({address: place.address, reason: problem}, 'a peer is out of reach');
      place.problem = problem;
      return !place.listed;
    }
  }

  #peer({status, connection, readyAt}: Place, instance: string): Peer {
    const call = async (path: string, body: object, deadlineMs: number): Promise<unknown> => {
      const operation = path.slice(path.lastIndexOf('/') + 1);
      try {
        if (connection === undefined) throw new StoreError('not_executed', 'the peer is out of reach');
        const answer = await connection.call(path, body, deadlineMs);
        this.#options.onCall?.(operation, 'answered');
        return answer;
      } catch (error) {
        this.#options.onCall?.(operation, isCertain(error) ? 'not_executed' : 'unknown');
        throw error;
      }
    };
    return {
      instance,
      reaches: (partition) => status !== undefined && reaches(status, partition),
      readyAt,
      holds: status?.holds ?? false,
      holdsCopies: status?.holdsCopies ?? false,
      holdsPeerCopies: status?.holdsPeerCopies ?? false,
      store: (deadlineMs) => peerStore({call}, deadlineMs),
      createHeld:
        (deadlineMs) =>
        (...args) =>
          askPeer({call}, paths.createHeld, args, deadlineMs) as ReturnType<CreateHeld>,
      async adopt(holding, deadlineMs) {
        outcomeOf((await call(paths.adopt, {holding}, deadlineMs)) as Answer);
      },
    };
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await delay(ms, undefined, {signal, ref: false}).catch(() => {});
  }
}
