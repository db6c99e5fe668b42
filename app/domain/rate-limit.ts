import type {KeyObject} from 'node:crypto';
import {isIP} from 'node:net';
import ipaddr from 'ipaddr.js';
import type {Client} from './client.ts';
import type {Limit} from './limit.ts';
import {macText} from './mac.ts';
import type {Policy} from './policy.ts';
import type {Recipient} from './recipient.ts';

const limitNames = ['client', 'ip', 'country', 'policy', 'recipient'] as const;
type LimitName = (typeof limitNames)[number];

/** A limit that one request is charged to. */
export interface AppliedLimit extends Limit {
  readonly name: LimitName | 'sandbox';
  /** Names what is counted together; a keyed hash. */
  readonly tag: string;
}

/** The limits that apply to a creation, in the order in which they are charged. */
export function limitsOf(
  key: KeyObject,
  client: Client,
  policy: Policy,
  recipient: Recipient,
  ip: string | undefined,
): AppliedLimit[] {
  const tag = (name: string, ...what: string[]) => macText(key, 12, 'limit', name, client.name, ...what);
  // Tests take nothing from real traffic, and real traffic nothing from tests.
  if (recipient.sandboxCode !== undefined)
    return client.sandbox === undefined ? [] : [{...client.sandbox.limit, name: 'sandbox', tag: tag('sandbox')}];
  const prefix = ip === undefined ? undefined : ipPrefix(ip);
  const counted: Record<LimitName, {limit: Limit | undefined; what: readonly string[] | undefined}> = {
    client: {limit: client.limits.client, what: []},
    ip: {limit: client.limits.ip, what: prefix === undefined ? undefined : [prefix]},
    country: {limit: client.limits.country, what: recipient.country === undefined ? undefined : [recipient.country]},
    policy: {limit: policy.limits.policy, what: [policy.name]},
    recipient: {limit: policy.limits.recipient, what: [policy.name, withoutAlias(recipient)]},
  };
  return limitNames.flatMap((name) => {
    const {limit, what} = counted[name];
    if (limit === undefined || what === undefined) return [];
    return [{...limit, name, tag: tag(name, ...what)}];
  });
}

/**
 * Addresses that one subscriber controls count as one: an IPv6 /64 (RFC 6177), a single IPv4 address, also when it is
 * written as an IPv6 one. Undefined if it is no address.
 */
export function ipPrefix(ip: string): string | undefined {
  // Stricter than ipaddr.js, which reads "203.0.113" as an address too.
  if (isIP(ip) === 0) return undefined;
  const address = ipaddr.process(ip);
  return address.kind() === 'ipv4'
    ? address.toString()
    : `${(address as ipaddr.IPv6).parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`;
}

const domainsWithoutDots = new Set(['gmail.com', 'googlemail.com']);

/** One mailbox for all its aliases: `ada+x@example.com` counts as `ada@example.com`. Used for limits only. */
function withoutAlias({kind, canonical}: Recipient): string {
  if (kind !== 'email') return canonical;
  const at = canonical.lastIndexOf('@');
  const domain = canonical.slice(at + 1);
  const local = canonical.slice(0, at).replace(/\+.*$/, '');
  return domainsWithoutDots.has(domain) ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`;
}
