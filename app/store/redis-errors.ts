import {type Effect, StoreError, StorePartMoving, StoreUndecided} from './store.ts';

/** Error replies that Redis gives before it runs anything of a script. */
const refusals = [
  'NOSCRIPT',
  'READONLY',
  'LOADING',
  'MASTERDOWN',
  'NOREPLICAS',
  'CLUSTERDOWN',
  'MOVED',
  'OOM',
  'MISCONF',
  'BUSY',
  'NOAUTH',
  'WRONGPASS',
];

/** What a cluster says of one slot, half of which is on another server. */
const moving = ['TRYAGAIN', 'ASK'];

/** What our scripts say, before they write anything, of a code whose lineage a planned switch may yet continue. */
const switching = 'SWITCHING ';

/** What `adopt.lua` says. */
const otherLineage = 'LINEAGE ';

/** What ioredis says when it had no connection to send the command on. */
const unsent = [
  "Stream isn't writeable and enableOfflineQueue options is false",
  "Stream isn't writeable and offlineQueue",
];

/** A recipient was handed over to a server with other data than it was meant for. It was not taken over, neither now nor before. */
export class OtherLineage extends StoreUndecided {}

/** Says of an error from Redis or ioredis whether the operation may have happened. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith(switching)) return new StoreUndecided(`Redis: ${message}`, error);
  if (startsWithAny(message, moving)) return new StorePartMoving(`Redis: ${message}`, error);
  if (message.startsWith(otherLineage)) return new OtherLineage(`Redis: ${message}`, error);
  return new StoreError(effectOf(error, message), `Redis: ${message}`, error);
}

function effectOf(error: unknown, message: string): Effect {
  // Of the call itself, that is; within a script some of it has run.
  if (message.startsWith('NOPERM ') && !message.includes('script')) return 'not_executed';
  if (startsWithAny(message, refusals)) return 'not_executed';
  if (unsent.some((start) => message.startsWith(start))) return 'not_executed';
  if (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
  )
    return 'not_executed';
  return 'unknown';
}

function startsWithAny(message: string, words: readonly string[]): boolean {
  return words.some((word) => message.startsWith(`${word} `) || message === word);
}
