import type {PeerStatus} from '../fallback/peers.ts';
import {isMask} from '../fallback/reach.ts';
import type {Holding} from '../store/holding.ts';
import {AnswerOnItsWay, type Effect, RecipientGone, type Store, StoreError, StorePartMoving} from '../store/store.ts';

/** Processes of two versions may meet in a roll-out: they have to speak the same, or do not speak. */
export const protocolVersion = 1;

/** The first thing that is said over a connection. */
export interface Hello {
  readonly version: number;
  readonly instance: string;
  readonly nonce: string;
}

/** Its answer; `proof` is `calleeProof`. */
export interface HelloAnswer extends Hello {
  readonly proof: string;
}

export const operations = [
  'create',
  'check',
  'resend',
  'cancel',
  'read',
  'unlock',
  'erase',
  'ping',
] as const satisfies readonly (keyof Store)[];

/** What may be called: `/hello`, `/status`, `/told`, `/create-held`, `/adopt` and an operation of a store each. */
export const paths = {
  hello: '/hello',
  status: '/status',
  told: '/told',
  createHeld: '/create-held',
  adopt: '/adopt',
  store: (operation: keyof Store) => `/store/${operation}`,
} as const;

export interface StoreCall {
  readonly args: readonly unknown[];
  /** How long the caller waits from now on; absent from one of an earlier version. */
  readonly leftMs?: number;
}

export interface AdoptCall {
  readonly holding: Holding;
}

export type Answer =
  | {readonly outcome?: unknown}
  | {readonly error: {readonly effect: Effect; readonly message: string; readonly says?: string}};

/** What says more of a creation than whether it happened; one of an earlier version says nothing of it. */
const telling = new Map<string | undefined, new (message: string) => StoreError>([
  ['gone', RecipientGone],
  ['on_its_way', AnswerOnItsWay],
  ['moving', StorePartMoving],
]);

/** The headers of a call. */
export const sequenceHeader = 'x-peer-sequence';
export const proofHeader = 'x-peer-proof';

/** A recipient with all that is known of it may be long; an operation is not. */
export const maxBodyBytes = 1024 * 1024;

export function toAnswer(error: unknown): Answer {
  if (error instanceof StoreError) {
    const says = [...telling].find(([, kind]) => error instanceof kind)?.[0];
    return {error: {effect: error.effect, message: error.message, ...(says === undefined ? {} : {says})}};
  }
  return {error: {effect: 'unknown', message: 'a peer failed; its log knows more'}};
}

/** What was answered. Throws the `StoreError` that the other side met. */
export function outcomeOf(answer: Answer): unknown {
  if (!('error' in answer)) return answer.outcome;
  const {effect, message, says} = answer.error;
  const Told = telling.get(says);
  throw Told === undefined ? new StoreError(effect, `peer: ${message}`) : new Told(`peer: ${message}`);
}

/** A call as it was sent. Throws what is wrong with it, as what has done nothing. */
export function toStoreCall(body: string): StoreCall {
  const {args, leftMs} = (JSON.parse(body) ?? {}) as Partial<Record<keyof StoreCall, unknown>>;
  if (!Array.isArray(args)) throw new StoreError('not_executed', `no arguments of a call: ${quote(args)}`);
  if (leftMs === undefined) return {args};
  if (typeof leftMs !== 'number' || !Number.isFinite(leftMs) || leftMs < 0)
    throw new StoreError('not_executed', `no time in milliseconds that a caller waits: ${quote(leftMs)}`);
  return {args, leftMs};
}

/** How a peer says that it is; one of an earlier version knows of no copies of peers. Throws what is wrong with it. */
export function toStatus(said: unknown): PeerStatus {
  const {
    reachesStore,
    unreached,
    stopping,
    holds,
    holdsCopies,
    holdsPeerCopies = false,
  } = (said ?? {}) as Partial<Record<keyof PeerStatus, unknown>>;
  const isWhole = isBoolean(reachesStore) && isBoolean(stopping);
  if (!isWhole || !isBoolean(holds) || !isBoolean(holdsCopies) || !isBoolean(holdsPeerCopies))
    throw new TypeError(`no status of a peer: ${quote(said)}`);
  const status = {reachesStore, stopping, holds, holdsCopies, holdsPeerCopies};
  if (unreached === undefined) return status;
  if (!isMask(unreached)) throw new TypeError(`no mask of partitions: ${quote(unreached)}`);
  return {...status, unreached};
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function quote(said: unknown): string {
  return String(JSON.stringify(said)).slice(0, 200);
}
