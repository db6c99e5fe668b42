import type {KeyObject} from 'node:crypto';
import type {Client} from '../domain/client.ts';
import type {Keyring} from '../domain/keyring.ts';
import type {Policy} from '../domain/policy.ts';
import type {Snapshot} from '../domain/verification.ts';
import {parseId, type VerificationRef} from '../domain/verification-id.ts';
import type {DraftStore} from '../store/draft.ts';
import {type Address, tombstoneMs} from '../store/store.ts';

/** What every use case works with. */
export interface UseCaseContext {
  readonly store: DraftStore;
  readonly keyring: Keyring;
  /** Does not rotate in place. */
  readonly pseudonymKey: KeyObject;
  /** Names this service in receipts. */
  readonly issuer: string;
  /** Tells the age of an id whose record is gone; ms since 1970. */
  readonly now: () => number;
}

/** A verification as its client may see it. */
export interface VerificationView {
  readonly id: string;
  readonly policy: Policy;
  readonly snapshot: Snapshot;
}

/** Why an id leads to no verification. */
export type Missing =
  /** No id, or one of another client: the two cannot be told apart. */
  | {readonly kind: 'verification_not_found'}
  /** The verification's policy is no longer configured. */
  | {readonly kind: 'policy_not_found'; readonly id: string}
  /** Its record is gone, although its time was not over. */
  | {readonly kind: 'verification_lost'}
  /** Its record is gone, as its time is over. */
  | {readonly kind: 'verification_expired'}
  /** This process does not have the key that the id names: another release, or a half-done rotation. */
  | {readonly kind: 'key_unknown'; readonly kid: string};

/** The verification that an id names, if it is one of this client. */
export function resolve(
  {keyring}: UseCaseContext,
  client: Client,
  id: string,
): {kind: 'resolved'; ref: VerificationRef; policy: Policy} | Missing {
  const parsed = parseId(keyring, id);
  if (parsed.kind === 'unknown_key') return {kind: 'key_unknown', kid: parsed.kid};
  if (parsed.kind === 'invalid' || parsed.ref.clientTag !== client.tag) return {kind: 'verification_not_found'};
  const policy = client.policiesByTag.get(parsed.ref.policyTag);
  return policy === undefined ? {kind: 'policy_not_found', id} : {kind: 'resolved', ref: parsed.ref, policy};
}

/** What an authentic id without a record means. */
export function explainMissing({now}: UseCaseContext, ref: VerificationRef): Missing {
  const over = ref.createdAt + ref.lifetimeSeconds * 1000 + tombstoneMs;
  return {kind: now() < over ? 'verification_lost' : 'verification_expired'};
}

export function addressOf({id, partition, recipientTag, tag, owner}: VerificationRef): Address {
  return {id, partition, recipientTag, tag, ...(owner === undefined ? {} : {owner})};
}
