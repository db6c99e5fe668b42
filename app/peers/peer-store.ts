import type {Store} from '../store/store.ts';
import type {PeerConnection} from './peer-connection.ts';
import {type Answer, outcomeOf, paths, type StoreCall} from './protocol.ts';

/**
 * What a peer does of a store's operations. Codes never travel: an operation has MACs and sealed codes only. An answer that
 * does not come within `deadlineMs` is one of unknown outcome.
 */
export function peerStore(connection: Pick<PeerConnection, 'call'>, deadlineMs: number): Store {
  const ask = (operation: keyof Store, args: readonly unknown[]) =>
    askPeer(connection, paths.store(operation), args, deadlineMs) as Promise<never>;
  return {
    create: (...args) => ask('create', args),
    check: (...args) => ask('check', args),
    resend: (...args) => ask('resend', args),
    cancel: (...args) => ask('cancel', args),
    read: (...args) => ask('read', args),
    unlock: (...args) => ask('unlock', args),
    erase: (...args) => ask('erase', args),
    ping: () => ask('ping', []),
  };
}

/** What the peer may take of the time: what it says at the end of it is to arrive, for "not executed" says more than silence. */
const calleeShare = 0.9;

/** Calls a function of the peer. */
export async function askPeer(
  connection: Pick<PeerConnection, 'call'>,
  path: string,
  all: readonly unknown[],
  deadlineMs: number,
): Promise<unknown> {
  // The last one may be absent, for which JSON has no word.
  const args = all.filter((arg) => arg !== undefined);
  const call: StoreCall = {args, leftMs: Math.max(0, Math.floor(deadlineMs * calleeShare))};
  return outcomeOf((await connection.call(path, call, deadlineMs)) as Answer);
}
