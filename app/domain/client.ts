import type {EncryptionKey} from './end-to-end.ts';
import type {Limit} from './limit.ts';
import type {Policy} from './policy.ts';
import type {Sandbox} from './sandbox.ts';
import {nameTag} from './verification-id.ts';

export const scopes = ['verify', 'manage'] as const;
export type Scope = (typeof scopes)[number];

export interface ApiKey {
  /** Names the key in logs. */
  readonly id: string;
  /** Of the whole key, `otp_<client>_<secret>`. */
  readonly sha256: Buffer;
  readonly scopes: readonly Scope[];
  /** ms since 1970; the key is refused from then on. */
  readonly notAfter?: number;
}

export interface ClientLimits {
  /** All creations of the client. */
  readonly client?: Limit;
  /** Creations for one IP address (`context.ip`), or one IPv6 /64. */
  readonly ip?: Limit;
  /** Creations for the phone numbers of one country. */
  readonly country?: Limit;
}

/** A calling application. */
export interface Client {
  readonly name: string;
  readonly tag: number;
  readonly policies: ReadonlyMap<string, Policy>;
  /** The same policies, as ids name them. */
  readonly policiesByTag: ReadonlyMap<number, Policy>;
  readonly policyTags: ReadonlyMap<string, number>;
  readonly apiKeys: readonly ApiKey[];
  readonly limits: ClientLimits;
  /** Codes of `direct` leave sealed for this public key. */
  readonly encryptionKey?: EncryptionKey;
  /** What it may use of recipients that there are not. */
  readonly sandbox?: Sandbox;
}

export function createClient(
  name: string,
  policies: readonly Policy[],
  apiKeys: readonly ApiKey[],
  limits: ClientLimits = {},
  encryptionKey?: EncryptionKey,
  sandbox?: Sandbox,
): Client {
  return {
    name,
    tag: nameTag(name),
    policies: new Map(policies.map((policy) => [policy.name, policy])),
    policiesByTag: new Map(policies.map((policy) => [nameTag(policy.name), policy])),
    policyTags: new Map(policies.map(({name}) => [name, nameTag(name)])),
    apiKeys,
    limits,
    ...(encryptionKey === undefined ? {} : {encryptionKey}),
    ...(sandbox === undefined ? {} : {sandbox}),
  };
}
