import TinyQueue from 'tinyqueue';
import type {DeliveryResult} from '../delivery/outbox.ts';
import {
  afterFailure,
  type BudgetLimits,
  type BudgetTimings,
  blocked,
  defaultBudgetTimings,
  endsRound,
  type FailureBudget,
  untouchedBudget,
  waitBeforeCheck,
  waitBeforeSend,
} from '../domain/failure-budget.ts';
import type {Channel} from '../domain/policy.ts';
import {type DeliveryStatus, type Snapshot, type StoredStatus, statusAt} from '../domain/verification.ts';
import {
  type Address,
  type CancelOutcome,
  type CheckOutcome,
  type CreateOutcome,
  type NewCode,
  type NewVerification,
  type ReadOutcome,
  type ResendOutcome,
  type Store,
  StoreError,
  tombstoneMs,
} from './store.ts';

interface VerificationRecord {
  readonly address: Address;
  status: StoredStatus;
  mac: string;
  sealedAddress: string;
  readonly channel: Channel;
  readonly to: string;
  readonly locale?: string;
  readonly reference?: string;
  readonly createdAt: number;
  expiresAt: number;
  readonly maxAttempts: number;
  failedChecks: number;
  resends: number;
  delivery: {status: DeliveryStatus; provider?: string; updatedAt: number};
}

interface RecipientRecord {
  budget: FailureBudget;
  sendableAt: number;
  /** Tags of its codes, oldest first. */
  codes: {tag: string; expiresAt: number; superseded: boolean}[];
  keptUntil: number;
}

/** A message that the store hands to its outbox. */
export interface MemoryMessage {
  readonly address: Address;
  readonly sealedCode: string;
  readonly sealedAddress: string;
  readonly expiresAt: number;
  readonly resends: number;
}

export interface MemoryStoreOptions {
  /** Gets each message in the step that creates it. */
  readonly enqueue: (message: MemoryMessage) => void;
  /** ms since 1970 that never run backwards. @default the monotonic clock */
  readonly now?: () => number;
  /** @default defaultBudgetTimings */
  readonly timings?: BudgetTimings;
  /** Records, of verifications and of recipients each; one more is refused. @default 100,000 */
  readonly maxRecords?: number;
}

/** The monotonic clock, told as ms since 1970. */
export function monotonicNow(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}

/** The store in this process' memory: gone with the process. Every operation runs in one turn and so is atomic. */
export class MemoryStore implements Store {
  readonly #verifications = new Map<string, VerificationRecord>();
  readonly #recipients = new Map<string, RecipientRecord>();
  readonly #ends = new TinyQueue<{at: number; kind: 'verification' | 'recipient'; key: string}>(
    [],
    (a, b) => a.at - b.at,
  );
  readonly #enqueue: (message: MemoryMessage) => void;
  readonly #now: () => number;
  readonly #timings: BudgetTimings;
  readonly #maxRecords: number;

  constructor({enqueue, now = monotonicNow, timings = defaultBudgetTimings, maxRecords = 100_000}: MemoryStoreOptions) {
    this.#enqueue = enqueue;
    this.#now = now;
    this.#timings = timings;
    this.#maxRecords = maxRecords;
  }

  async create(address: Address, input: NewVerification): Promise<CreateOutcome> {
    const at = this.#tick();
    const recipient = this.#recipient(address);
    const refusal = refuseSend(recipient, at);
    if (refusal !== undefined) return refusal;
    if (Math.max(this.#verifications.size, this.#recipients.size) >= this.#maxRecords) {
      throw new StoreError('not_executed', `the memory store is full (${this.#maxRecords} records)`);
    }
    const expiresAt = at + input.lifetimeMs;
    const live = recipient.codes.filter((code) => !code.superseded && code.expiresAt > at);
    for (const code of live.slice(0, Math.max(0, live.length - input.maxPending + 1))) code.superseded = true;
    recipient.codes = [...remembered(recipient.codes, at), {tag: address.tag, expiresAt, superseded: false}];
    recipient.sendableAt = at + input.resendIntervalMs;
    this.#recipients.set(recipientKey(address), recipient);
    this.#keepRecipient(address, recipient, expiresAt + tombstoneMs);

    const {mac, sealedAddress, channel, maskedTo: to, locale, reference, maxAttempts} = input;
    const record: VerificationRecord = {
      address,
      status: 'pending',
      mac,
      sealedAddress,
      channel,
      to,
      createdAt: at,
      expiresAt,
      maxAttempts,
      failedChecks: 0,
      resends: 0,
      delivery: {status: 'queued', updatedAt: at},
      ...(locale === undefined ? {} : {locale}),
      ...(reference === undefined ? {} : {reference}),
    };
    this.#verifications.set(address.tag, record);
    this.#ends.push({at: expiresAt + tombstoneMs, kind: 'verification', key: address.tag});
    this.#enqueue({address, sealedCode: input.sealedCode, sealedAddress, expiresAt, resends: 0});
    return {kind: 'created', snapshot: snapshotOf(record, recipient, at)};
  }

  async check(address: Address, mac: string, {blockAfter}: Pick<BudgetLimits, 'blockAfter'>): Promise<CheckOutcome> {
    const found = this.#find(address);
    if (found === undefined) return {kind: 'not_found'};
    const {record, recipient, at} = found;
    const before = snapshotOf(record, recipient, at);
    if (before.status !== 'pending') return {kind: 'final', snapshot: before};
    const wait = waitBeforeCheck(recipient.budget, at);
    if (wait.kind === 'until') return {kind: 'too_soon', until: wait.at, snapshot: before};

    if (record.mac === mac) {
      recipient.budget = untouchedBudget;
      finish(record, recipient, 'approved');
      return {kind: 'approved', snapshot: snapshotOf(record, recipient, at)};
    }
    const limits = {maxAttempts: record.maxAttempts, blockAfter};
    recipient.budget = afterFailure(recipient.budget, limits, this.#timings, at);
    this.#keepRecipient(address, recipient, at + this.#timings.rememberMs);
    record.failedChecks++;
    const locks =
      endsRound(recipient.budget.failures, limits) ||
      recipient.budget.lockedUntil === blocked ||
      record.failedChecks >= record.maxAttempts;
    if (locks) finish(record, recipient, 'locked');
    return {kind: 'incorrect', snapshot: snapshotOf(record, recipient, at)};
  }

  async resend(address: Address, code: NewCode): Promise<ResendOutcome> {
    const found = this.#find(address);
    if (found === undefined) return {kind: 'not_found'};
    const {record, recipient, at} = found;
    const before = snapshotOf(record, recipient, at);
    if (before.status !== 'pending') return {kind: 'final', snapshot: before};
    if (record.resends >= code.maxResends) return {kind: 'limit_reached', snapshot: before};
    const refusal = refuseSend(recipient, at);
    if (refusal !== undefined) return {...refusal, snapshot: before};

    record.mac = code.mac;
    record.expiresAt = at + code.lifetimeMs;
    record.resends++;
    record.delivery = {status: 'queued', updatedAt: at};
    recipient.sendableAt = at + code.resendIntervalMs;
    for (const own of recipient.codes) if (own.tag === address.tag) own.expiresAt = record.expiresAt;
    this.#keepRecipient(address, recipient, record.expiresAt + tombstoneMs);
    this.#enqueue({
      address,
      sealedCode: code.sealedCode,
      sealedAddress: record.sealedAddress,
      expiresAt: record.expiresAt,
      resends: record.resends,
    });
    return {kind: 'resent', snapshot: snapshotOf(record, recipient, at)};
  }

  async cancel(address: Address): Promise<CancelOutcome> {
    const found = this.#find(address);
    if (found === undefined) return {kind: 'not_found'};
    const {record, recipient, at} = found;
    const before = snapshotOf(record, recipient, at);
    if (before.status === 'canceled') return {kind: 'canceled', snapshot: before};
    if (before.status !== 'pending') return {kind: 'final', snapshot: before};
    finish(record, recipient, 'canceled');
    return {kind: 'canceled', snapshot: snapshotOf(record, recipient, at)};
  }

  async read(address: Address): Promise<ReadOutcome> {
    const found = this.#find(address);
    return found === undefined
      ? {kind: 'not_found'}
      : {kind: 'found', snapshot: snapshotOf(found.record, found.recipient, found.at)};
  }

  async ping(): Promise<void> {}

  /** Notes what became of a message; a message that a resend has replaced changes nothing. */
  settle(message: Pick<MemoryMessage, 'address' | 'resends'>, result: DeliveryResult): void {
    const found = this.#find(message.address);
    if (found === undefined || found.record.resends !== message.resends) return;
    const {record, recipient, at} = found;
    record.delivery = {
      status: result.kind,
      updatedAt: at,
      ...(result.provider === undefined ? {} : {provider: result.provider}),
    };
    if (result.kind === 'failed' && snapshotOf(record, recipient, at).status === 'pending')
      finish(record, recipient, 'undeliverable');
  }

  #find(address: Address): {record: VerificationRecord; recipient: RecipientRecord; at: number} | undefined {
    const at = this.#tick();
    const record = this.#verifications.get(address.tag);
    return record === undefined ? undefined : {record, recipient: this.#recipient(address), at};
  }

  #recipient(address: Address): RecipientRecord {
    return (
      this.#recipients.get(recipientKey(address)) ?? {budget: untouchedBudget, sendableAt: 0, codes: [], keptUntil: 0}
    );
  }

  #keepRecipient(address: Address, recipient: RecipientRecord, until: number): void {
    if (until <= recipient.keptUntil) return;
    // The entry that is in the queue already renews itself when its turn comes.
    if (recipient.keptUntil === 0) this.#ends.push({at: until, kind: 'recipient', key: recipientKey(address)});
    recipient.keptUntil = until;
  }

  /** The time; what has reached its end by then is gone. */
  #tick(): number {
    const at = this.#now();
    for (let next = this.#ends.peek(); next !== undefined && next.at <= at; next = this.#ends.peek()) {
      this.#ends.pop();
      const records = next.kind === 'verification' ? this.#verifications : this.#recipients;
      const endsAt = this.#endOf(next);
      if (endsAt !== undefined && endsAt > at) this.#ends.push({...next, at: endsAt});
      else records.delete(next.key);
    }
    return at;
  }

  #endOf({kind, key}: {kind: 'verification' | 'recipient'; key: string}): number | undefined {
    if (kind === 'recipient') return this.#recipients.get(key)?.keptUntil;
    const record = this.#verifications.get(key);
    return record === undefined ? undefined : record.expiresAt + tombstoneMs;
  }
}

function recipientKey({partition, recipientTag}: Address): string {
  return `${partition}:${recipientTag}`;
}

function refuseSend(recipient: RecipientRecord, at: number) {
  const wait = waitBeforeSend(recipient.budget, at);
  if (wait.kind === 'blocked') return {kind: 'recipient_locked', at} as const;
  if (wait.kind === 'until') return {kind: 'recipient_locked', at, until: wait.at} as const;
  return recipient.sendableAt > at ? ({kind: 'send_too_soon', at, until: recipient.sendableAt} as const) : undefined;
}

/** Codes whose tombstone is over are forgotten, and superseded ones but for the newest few. */
function remembered(codes: RecipientRecord['codes'], at: number): RecipientRecord['codes'] {
  const superseded = codes.filter((code) => code.superseded).slice(-8);
  return codes.filter((code) => code.expiresAt + tombstoneMs > at && (!code.superseded || superseded.includes(code)));
}

function finish(record: VerificationRecord, recipient: RecipientRecord, status: StoredStatus): void {
  record.status = status;
  record.mac = '';
  record.sealedAddress = '';
  recipient.codes = recipient.codes.filter(({tag}) => tag !== record.address.tag);
}

function snapshotOf(record: VerificationRecord, recipient: RecipientRecord, at: number): Snapshot {
  const {
    address,
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
  } = record;
  const code = recipient.codes.find(({tag}) => tag === address.tag);
  const standing = code === undefined ? 'unlisted' : code.superseded ? 'superseded' : 'live';
  return {
    at,
    status: statusAt({status, expiresAt}, {standing, lockedUntil: recipient.budget.lockedUntil}, at),
    channel,
    to,
    createdAt,
    expiresAt,
    maxAttempts,
    failedChecks,
    resends,
    delivery: {...delivery},
    budget: recipient.budget,
    sendableAt: recipient.sendableAt,
    ...(locale === undefined ? {} : {locale}),
    ...(reference === undefined ? {} : {reference}),
  };
}
