import {createHash} from 'node:crypto';
import type {Holding} from '../store/holding.ts';
import type {RecipientName} from '../store/memory-holdings.ts';
import type {Store} from '../store/store.ts';
import type {CreateHeld} from './create-held.ts';
import type {Reach} from './reach.ts';

/** Another process of the service, as far as the fallback deals with it. */
export interface Peer {
  readonly instance: string;
  /** Whether it reaches the part of the store that has this partition, by what it said last. */
  reaches(partition: number): boolean;
  /** Since when it has been ready without a break, by `performance.now()`. */
  readonly readyAt: number;
  /** Whether it holds anything in its memory. */
  readonly holds: boolean;
  /** Whether it holds verifications of which the store may have copies. */
  readonly holdsCopies: boolean;
  /** Whether it holds verifications that another process may have been given before. */
  readonly holdsPeerCopies: boolean;
  /**
   * Its part in an operation, which ends within `deadlineMs`: it looks into its own memory for what has an owner, and into
   * the store for what has none, and asks nobody else. `StoreError` says whether it may have done its part.
   */
  store(deadlineMs: number): Store;
  /** Puts a verification beside what it holds of the recipient. Rejects with `StoreError`. */
  createHeld(deadlineMs: number): CreateHeld;
  /** Takes a recipient over. Rejects with `StoreError`. */
  adopt(holding: Holding, deadlineMs: number): Promise<void>;
}

/** How a process is, as it says itself. */
export interface PeerStatus extends Reach {
  /** It takes on nothing more. */
  readonly stopping: boolean;
  readonly holds: boolean;
  readonly holdsCopies: boolean;
  readonly holdsPeerCopies: boolean;
}

/** What a process does for its peers. */
export interface PeerPart {
  readonly store: Store;
  readonly createHeld: CreateHeld;
  readonly adopt: (holding: Holding) => Promise<void>;
  readonly status: () => PeerStatus;
}

/** The other processes of the service. */
export interface Peers {
  /** Those that were heard of a moment ago and take on work. */
  ready(): readonly Peer[];
  /** Those that may hold something, though they are about to end or out of reach. */
  unreadyHolders(): readonly Peer[];
  /** The process of this name, if it is known; it may be out of reach. No connection is opened for it. */
  find(instance: string): Peer | undefined;
  /** Says to those that are ready how this process is, before they ask; resolves once they know, or after `deadlineMs`. */
  tell(status: PeerStatus, deadlineMs: number): Promise<void>;
  /** Whether the process of this name is known to be no more, by a look at all peers that began after this call. */
  isGone(instance: string): Promise<boolean>;
}

/** A process without peers. Whoever else held a verification is gone. */
export const noPeers: Peers = {
  ready: () => [],
  unreadyHolders: () => [],
  find: () => undefined,
  tell: async () => {},
  isGone: async () => true,
};

/**
 * The processes in the order in which they are to hold what belongs to `recipientTag` (rendezvous hashing): all processes
 * that know the same others agree about it, and one that comes or goes moves nothing that is not its own.
 */
export function rank(recipientTag: string, instances: readonly string[]): string[] {
  return instances
    .map((instance) => ({instance, weight: createHash('sha256').update(`${instance} ${recipientTag}`).digest()}))
    .toSorted((a, b) => Buffer.compare(b.weight, a.weight))
    .map(({instance}) => instance);
}

/** Peers in the order of `rank`. */
export function ranked(recipientTag: string, peers: readonly Peer[]): Peer[] {
  const order = rank(
    recipientTag,
    peers.map(({instance}) => instance),
  );
  return order.flatMap((instance) => peers.find((peer) => peer.instance === instance) ?? []);
}

/** Peers that reach the store for a recipient, in the order in which they are asked. */
export function reachingStore({partition, recipientTag}: RecipientName, peers: Peers): Peer[] {
  return ranked(recipientTag, peers.ready()).filter((peer) => peer.reaches(partition));
}
