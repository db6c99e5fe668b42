import type {Address} from './store.ts';

/** The keys of one verification. They share the hash tag of the recipient's partition, so that a script may use them all. */
export interface Keys {
  readonly verification: string;
  readonly recipient: string;
  readonly outbox: string;
}

export function keysOf({partition, recipientTag, tag}: Address): Keys {
  const prefix = partitionPrefix(partition);
  return {verification: `${prefix}v:${tag}`, recipient: `${prefix}r:${recipientTag}`, outbox: outboxKey(partition)};
}

export function outboxKey(partition: number): string {
  return `${partitionPrefix(partition)}outbox`;
}

/** The newest messages of the development inbox. */
export const inboxKey = 'otp:dev:inbox';

function partitionPrefix(partition: number): string {
  return `otp:{p${String(partition).padStart(2, '0')}}:`;
}
