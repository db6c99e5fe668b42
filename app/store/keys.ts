import type {Address} from './store.ts';

/** The keys of one verification. They share the hash tag of the recipient's partition, so that a script may use them all. */
export interface Keys {
  readonly verification: string;
  readonly recipient: string;
  readonly outbox: string;
}

export function keysOf({partition, recipientTag, tag}: Address): Keys {
  return {
    verification: verificationKey(partition, tag),
    recipient: recipientKey(partition, recipientTag),
    outbox: outboxKey(partition),
  };
}

export function outboxKey(partition: number): string {
  return `${partitionPrefix(partition)}outbox`;
}

/** The verifications whose end is to be announced, by their expiry. */
export function dueKey(partition: number): string {
  return `${partitionPrefix(partition)}due`;
}

export function recipientKey(partition: number, recipientTag: string): string {
  return `${partitionPrefix(partition)}r:${recipientTag}`;
}

export function verificationKey(partition: number, tag: string): string {
  return `${partitionPrefix(partition)}v:${tag}`;
}

export function idempotencyKey(partition: number, tag: string): string {
  return `${partitionPrefix(partition)}i:${tag}`;
}

/**
 * Which lineage continues which (hash): written by who switches masters in a planned way. One for all, but for a store of
 * several servers, whose scripts reach nothing outside of their partition.
 */
export function lineageKey(partition?: number): string {
  return partition === undefined ? 'otp:lineage' : `${partitionPrefix(partition)}lineage`;
}

/** What was taken over of a recipient from the process `instance`. */
export function handoverKey(partition: number, recipientTag: string, instance: string): string {
  return `${partitionPrefix(partition)}h:${recipientTag}:${instance}`;
}

/** Each rate limit has a hash tag of its own: it counts over recipients of all partitions. */
export function rateLimitKey(tag: string): string {
  return `otp:l:{${tag}}`;
}

/** Written to see whether the server that has a partition takes writes. */
export function probeKey(partition: number): string {
  return `${partitionPrefix(partition)}probe`;
}

/** That a request was charged to a limit, for a limit that lies on another server than what it limits. */
export function chargeKey(tag: string, requestTag: string): string {
  return `${rateLimitKey(tag)}:${requestTag}`;
}

/** The newest messages of the development inbox. */
export const inboxKey = 'otp:dev:inbox';
export const inboxPagesKey = 'otp:dev:inbox-pages';

function partitionPrefix(partition: number): string {
  return `otp:{p${String(partition).padStart(2, '0')}}:`;
}
