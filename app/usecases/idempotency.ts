import type {Client} from '../domain/client.ts';
import {macText} from '../domain/mac.ts';
import type {Idempotency} from '../store/store.ts';
import type {UseCaseContext} from './context.ts';

const tagBytes = 12;

/**
 * What makes a request the same as an earlier one: the caller's key, within client, route and recipient or verification.
 * The fingerprint is a keyed hash of what was asked for, so that the store learns neither code nor recipient from it.
 */
export function idempotencyOf(
  {pseudonymKey}: Pick<UseCaseContext, 'pseudonymKey'>,
  client: Client,
  request: {
    readonly key: string | undefined;
    readonly route: 'create' | 'check' | 'resend';
    readonly about: string;
    readonly asked: object;
  },
): Idempotency | undefined {
  const {key, route, about, asked} = request;
  if (key === undefined) return undefined;
  const short = (...fields: string[]) => macText(pseudonymKey, tagBytes, ...fields);
  return {
    tag: short('idempotency', client.name, route, about, key),
    fingerprint: short('fingerprint', canonicalJson(asked)),
  };
}

/** JSON with the members of every object in one order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
