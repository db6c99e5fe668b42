import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import type {DerivedKeys, Keyring} from './keyring.ts';
import {macOfBytes} from './mac.ts';

/** What an id says about its verification. Nobody without the service's keys can read it, make one or change one. */
export interface VerificationRef {
  readonly id: string;
  readonly keys: DerivedKeys;
  /** Of the client's name; see `nameTag`. */
  readonly clientTag: number;
  readonly policyTag: number;
  readonly partition: number;
  /** Recipient under this client and policy, 12 bytes in base64url: names the recipient's record. */
  readonly recipientTag: string;
  /**
   * Names the verification's record: 8 random bytes and, where a process holds it, that process' instance, each in
   * base64url. Copies of one verification in several places have the same first half (`draftTagOf`) and never meet.
   */
  readonly tag: string;
  /** The instance of the process that holds it; undefined where the store does. */
  readonly owner?: string;
  /** By the clock of the process that made the id, in ms since 1970. */
  readonly createdAt: number;
  readonly lifetimeSeconds: number;
}

export type ParsedId =
  | {readonly kind: 'ref'; readonly ref: VerificationRef}
  /** It looks like an id, under a key that this process does not have (yet). */
  | {readonly kind: 'unknown_key'; readonly kid: string}
  | {readonly kind: 'invalid'};

// body: client 4 · policy 4 · partition 1 · recipient 12 · lifetime 4 · created 6 · random 8 · owner 8 (zeros: the store)
const bodyBytes = 47;
const ivBytes = 16;
const pattern = /^v2_([a-z0-9]{1,16})_([A-Za-z0-9_-]{84})$/;
const instanceBytes = 8;
const theStore = Buffer.alloc(instanceBytes);
/** Of 8 bytes in base64url. */
const partLength = 11;

/** A name for one process, for as long as it runs. It says nothing about where the process is. */
export function createInstance(): string {
  return randomBytes(instanceBytes).toString('base64url');
}

/** What all copies of a verification have in common, whoever holds them. */
export function draftTagOf({tag}: Pick<VerificationRef, 'tag'>): string {
  return tag.slice(0, partLength);
}

/** Four bytes of SHA-256: names the clients and policies of one configuration apart (start-up refuses a collision). */
export function nameTag(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0);
}

/** What an id tells apart from who holds the verification. */
export interface IdContent {
  readonly clientTag: number;
  readonly policyTag: number;
  readonly partition: number;
  readonly recipientTag: Buffer;
  readonly lifetimeSeconds: number;
  readonly createdAt: number;
  /** 8 bytes: the same for all copies of one verification. */
  readonly random: Buffer;
}

/**
 * An id: `v2_<kid>_<84 characters>`, encrypted with a synthetic IV that authenticates it (the idea of RFC 5297). The same
 * content and owner give the same id.
 */
export function issueId(keys: DerivedKeys, about: IdContent, owner?: string): VerificationRef {
  const body = Buffer.alloc(bodyBytes);
  body.writeUInt32BE(about.clientTag, 0);
  body.writeUInt32BE(about.policyTag, 4);
  body.writeUInt8(about.partition, 8);
  about.recipientTag.copy(body, 9);
  body.writeUInt32BE(about.lifetimeSeconds, 21);
  body.writeUIntBE(about.createdAt, 25, 6);
  about.random.copy(body, 31);
  if (owner !== undefined) body.write(owner, 39, 'base64url');
  const iv = syntheticIv(keys, body);
  const text = Buffer.concat([iv, keys.idCipher.apply(iv, body)]).toString('base64url');
  return toRef(`v2_${keys.kid}_${text}`, keys, body);
}

/** Reads an id that a caller sent. */
export function parseId(keyring: Keyring, id: string): ParsedId {
  const [, kid, text] = pattern.exec(id) ?? [];
  if (kid === undefined || text === undefined) return {kind: 'invalid'};
  const keys = keyring.find(kid);
  if (keys === undefined) return {kind: 'unknown_key', kid};
  const bytes = Buffer.from(text, 'base64url');
  // Base64 has spare bits at its end: only one spelling of an id is the id.
  if (bytes.toString('base64url') !== text) return {kind: 'invalid'};
  const iv = bytes.subarray(0, ivBytes);
  const body = keys.idCipher.apply(iv, bytes.subarray(ivBytes));
  if (!timingSafeEqual(syntheticIv(keys, body), iv)) return {kind: 'invalid'};
  return {kind: 'ref', ref: toRef(id, keys, body)};
}

function syntheticIv(keys: DerivedKeys, body: Buffer): Buffer {
  return macOfBytes(keys.idMac, body).subarray(0, ivBytes);
}

function toRef(id: string, keys: DerivedKeys, body: Buffer): VerificationRef {
  const random = body.subarray(31, 39).toString('base64url');
  const holder = body.subarray(39);
  const owner = holder.equals(theStore) ? undefined : holder.toString('base64url');
  return {
    id,
    keys,
    clientTag: body.readUInt32BE(0),
    policyTag: body.readUInt32BE(4),
    partition: body.readUInt8(8),
    recipientTag: body.subarray(9, 21).toString('base64url'),
    lifetimeSeconds: body.readUInt32BE(21),
    createdAt: body.readUIntBE(25, 6),
    // One string, not a rope of two: memory stores keep many.
    tag: owner === undefined ? random : [random, owner].join(''),
    ...(owner === undefined ? {} : {owner}),
  };
}
