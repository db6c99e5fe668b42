import type {Policy} from './policy.ts';
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

/** A calling application. */
export interface Client {
  readonly name: string;
  readonly tag: number;
  readonly policies: ReadonlyMap<string, Policy>;
  /** The same policies, as ids name them. */
  readonly policiesByTag: ReadonlyMap<number, Policy>;
  readonly apiKeys: readonly ApiKey[];
}

export function createClient(name: string, policies: readonly Policy[], apiKeys: readonly ApiKey[]): Client {
  return {
    name,
    tag: nameTag(name),
    policies: new Map(policies.map((policy) => [policy.name, policy])),
    policiesByTag: new Map(policies.map((policy) => [nameTag(policy.name), policy])),
    apiKeys,
  };
}
