import {readJson, valueAt} from '../http/send-result.ts';
import {isSigned} from '../standard-webhooks.ts';
import type {CallbackReader} from './callback.ts';

export interface SignedCallbacksOptions {
  /** One of them has signed. */
  readonly secrets: readonly Buffer[];
  /** Where the body says what became of the message (RFC 6901). */
  readonly pointer: string;
  /** What is there when it has arrived, and when it never will. */
  readonly delivered: readonly string[];
  readonly failed: readonly string[];
}

/** JSON callbacks that are signed after Standard Webhooks. */
export function signedCallbacks({secrets, pointer, delivered, failed}: SignedCallbacksOptions): CallbackReader {
  return ({headers, body, now}) => {
    if (!isSigned(secrets, headers, {body, now})) return {kind: 'unsigned'};
    const state = valueAt(readJson(body), pointer);
    if (delivered.some((each) => each === state)) return {kind: 'report', status: 'delivered'};
    return failed.some((each) => each === state) ? {kind: 'report', status: 'failed'} : {kind: 'nothing'};
  };
}
