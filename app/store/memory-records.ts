import {blocked, type FailureBudget, waitBeforeSend} from '../domain/failure-budget.ts';
import type {Channel} from '../domain/policy.ts';
import {type DeliveryStatus, type Snapshot, type StoredStatus, statusAt} from '../domain/verification.ts';
import {tombstoneMs} from './store.ts';

/** What the memory store keeps, and how its parts are read and changed; the counterpart of `scripts/prelude.lua`. */

/** By its tag, which no two verifications share. */
export interface VerificationRecord {
  readonly tag: string;
  readonly contextTag: string;
  readonly bindingMac: string;
  status: StoredStatus;
  /** Its place among the recipient's codes. */
  standing: 'live' | 'superseded' | 'final';
  mac: string;
  sealedAddress: string;
  sealedCode: string;
  channel: Channel;
  readonly to: string;
  readonly locale?: string;
  readonly reference?: string;
  readonly createdAt: number;
  expiresAt: number;
  readonly maxAttempts: number;
  failedChecks: number;
  resends: number;
  delivery: DeliveryStatus;
  /** Which provider it is by; '' before one is known. */
  provider: string;
  deliveryAt: number;
  readonly storeMayHaveCopy?: boolean;
  readonly peerMayHaveCopy?: boolean;
  readonly survivesFailover?: boolean;
}

/** By its tag, which no two recipients share. */
export interface RecipientRecord {
  readonly partition: number;
  failures: number;
  blocked: boolean;
  /** Those with failures. */
  contexts?: Map<string, ContextRecord>;
  sendableAt: number;
  /** Its codes, oldest first. */
  codes: VerificationRecord[];
  keptUntil: number;
  /** The tags of requests about it whose answers are known, a space between them: an array for one would take more than it. */
  requests: string;
  /** What its policy says. */
  maxPending: number;
  maxAttempts: number;
  /** 0 until a check has told. */
  blockAfter: number;
}

export interface ContextRecord {
  readonly failures: number;
  readonly checkableAt: number;
  readonly lockedUntil: number;
}

export function requestTags({requests}: RecipientRecord): string[] {
  return requests === '' ? [] : requests.split(' ');
}

export function clearBudget(recipient: RecipientRecord): void {
  recipient.failures = 0;
  recipient.blocked = false;
  delete recipient.contexts;
}

function budgetOf({failures, blocked: isBlocked, contexts}: RecipientRecord, contextTag: string): FailureBudget {
  const {failures: failuresInContext = 0, checkableAt = 0, lockedUntil = 0} = contexts?.get(contextTag) ?? {};
  return {failures, failuresInContext, checkableAt, lockedUntil: isBlocked ? blocked : lockedUntil};
}

export function refuseSend(recipient: RecipientRecord, contextTag: string, at: number) {
  const wait = waitBeforeSend(budgetOf(recipient, contextTag), at);
  if (wait.kind === 'blocked') return {kind: 'recipient_locked', at} as const;
  if (wait.kind === 'until') return {kind: 'recipient_locked', at, until: wait.at} as const;
  return recipient.sendableAt > at ? ({kind: 'send_too_soon', at, until: recipient.sendableAt} as const) : undefined;
}

/** Codes whose tombstone is over are forgotten, and those that are not live but for the newest few. */
export function remembered(codes: RecipientRecord['codes'], at: number): RecipientRecord['codes'] {
  const over = codes.filter(({standing}) => standing !== 'live').slice(-16);
  return codes.filter((code) => code.expiresAt + tombstoneMs > at && (code.standing === 'live' || over.includes(code)));
}

export function finish(record: VerificationRecord, status: StoredStatus): void {
  record.status = status;
  record.mac = '';
  record.sealedAddress = '';
  record.sealedCode = '';
  record.standing = 'final';
}

export function noteDelivery(record: VerificationRecord, status: DeliveryStatus, provider: string, at: number): void {
  record.delivery = status;
  record.provider = provider;
  record.deliveryAt = at;
}

export function snapshotOf(record: VerificationRecord, recipient: RecipientRecord, at: number): Snapshot {
  const {
    contextTag,
    status,
    channel,
    to,
    locale,
    reference,
    createdAt,
    expiresAt,
    maxAttempts,
    failedChecks,
    resends,
    delivery,
    provider,
    deliveryAt,
  } = record;
  const standing = recipient.codes.includes(record) ? record.standing : 'unlisted';
  const budget = budgetOf(recipient, contextTag);
  return {
    at,
    status: statusAt(
      {status, expiresAt},
      {standing: standing === 'final' ? 'live' : standing, lockedUntil: budget.lockedUntil},
      at,
    ),
    channel,
    to,
    createdAt,
    expiresAt,
    maxAttempts,
    failedChecks,
    resends,
    delivery: {status: delivery, ...(provider === '' ? {} : {provider}), updatedAt: deliveryAt},
    budget,
    sendableAt: recipient.sendableAt,
    ...(locale === undefined ? {} : {locale}),
    ...(reference === undefined ? {} : {reference}),
  };
}
