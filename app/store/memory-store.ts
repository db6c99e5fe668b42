import type {DeliveryResult} from '../delivery/outbox.ts';
import type {DeliveryReport, ReportOutcome} from '../delivery/reports.ts';
import {
  afterFailure,
  type BudgetLimits,
  type BudgetTimings,
  blocked,
  defaultBudgetTimings,
  endsRound,
  waitBeforeCheck,
} from '../domain/failure-budget.ts';
import type {Channel} from '../domain/policy.ts';
import {kindOf, suits} from '../domain/recipient.ts';
import type {RememberedOutcome} from './holding.ts';
import {MemoryCollections, monotonicNow} from './memory-collections.ts';
import {charge} from './memory-limits.ts';
import {
  clearBudget,
  finish,
  noteDelivery,
  type RecipientRecord,
  refuseSend,
  remembered,
  snapshotOf,
  type VerificationRecord,
} from './memory-records.ts';
import {
  type Address,
  type CancelOutcome,
  type CheckOutcome,
  type CreateOutcome,
  type Idempotency,
  idempotencyMs,
  type NewVerification,
  type Presented,
  type ReadOutcome,
  type Resend,
  type ResendOutcome,
  type Store,
  StoreError,
  tombstoneMs,
} from './store.ts';

/** A message that the store hands to its outbox. */
export interface MemoryMessage {
  readonly address: Address;
  readonly sealedCode: string;
  readonly sealedAddress: string;
  readonly expiresAt: number;
  readonly queuedAt: number;
  readonly resends: number;
  /** The provider that took the message which this one replaces. */
  readonly avoid?: string;
  /** @default the one in `sealedAddress` */
  readonly channel?: Channel;
}

export interface MemoryStoreOptions {
  /** Gets each message in the step that creates it. */
  readonly enqueue: (message: MemoryMessage) => void;
  /** ms since 1970 that never run backwards. @default the monotonic clock */
  readonly now?: () => number;
  /** What it keeps its records in. @default empty ones, with the clock `now` */
  readonly records?: MemoryCollections;
  /** @default defaultBudgetTimings */
  readonly timings?: BudgetTimings;
  /** Consecutive failures that block a recipient, however many its policy allows. @default none */
  readonly maxFailures?: number;
  /** Verifications, and recipients, each with a few requests and rate limits; one more is refused. @default 100,000 */
  readonly maxRecords?: number;
  /** Takes memory for one record; if there is none, nothing is created. See `heap-room.ts`. @default there always is */
  readonly takeRoom?: () => boolean;
}

/** Of requests and rate limits: more than a creation, its checks and the limits of its recipient and address take. */
const smallRecordsPerVerification = 6;

/** The store in this process' memory: gone with the process. Every operation runs in one turn and so is atomic. */
export class MemoryStore implements Store {
  readonly #records: MemoryCollections;
  readonly #enqueue: (message: MemoryMessage) => void;
  readonly #timings: BudgetTimings;
  readonly #maxFailures: number;
  readonly #maxRecords: number;
  readonly #takeRoom: () => boolean;

  constructor({
    enqueue,
    now = monotonicNow,
    timings = defaultBudgetTimings,
    records = new MemoryCollections(now),
    maxFailures = Number.POSITIVE_INFINITY,
    maxRecords = 100_000,
    takeRoom = () => true,
  }: MemoryStoreOptions) {
    this.#records = records;
    this.#enqueue = enqueue;
    this.#timings = timings;
    this.#maxFailures = maxFailures;
    this.#maxRecords = maxRecords;
    this.#takeRoom = takeRoom;
  }

  async create(address: Address, input: NewVerification, idempotency?: Idempotency): Promise<CreateOutcome> {
    const at = this.#records.tick();
    const replayed = this.#replay<CreateOutcome>(idempotency);
    if (replayed !== undefined) return replayed;
    const done = idempotency === undefined ? this.#find(address) : undefined;
    if (done !== undefined) {
      const {id} = address;
      const snapshot = snapshotOf(done.record, done.recipient, at);
      return {kind: 'created', id, limits: [], snapshot, ...(input.deliver ? {} : {sealedCode: input.sealedCode})};
    }
    this.refuseWhenFull();
    const charged = charge(this.#records, input.rateLimits, at);
    if ('kind' in charged) return charged;

    const contextTag = input.contextTag ?? '';
    const recipient = this.#records.recipient(address);
    const refusal = refuseSend(recipient, contextTag, at);
    if (refusal !== undefined) return refusal;
    const {
      mac,
      sealedAddress,
      sealedCode,
      channel,
      maskedTo: to,
      locale,
      reference,
      maxAttempts,
      bindingMac = '',
    } = input;
    const expiresAt = at + input.lifetimeMs;
    // First of all, because a full outbox refuses.
    if (input.deliver) this.#enqueue({address, sealedCode, sealedAddress, expiresAt, queuedAt: at, resends: 0});
    const live = recipient.codes.filter((code) => code.standing === 'live' && code.expiresAt > at);
    for (const code of live.slice(0, Math.max(0, live.length - input.maxPending + 1))) code.standing = 'superseded';
    recipient.sendableAt = at + input.resendIntervalMs;
    recipient.maxPending = input.maxPending;
    recipient.maxAttempts = input.maxAttempts;
    this.#records.recipients.set(address.recipientTag, recipient);
    this.#records.keepRecipient(address, recipient, expiresAt + tombstoneMs);

    const record: VerificationRecord = {
      tag: address.tag,
      contextTag,
      bindingMac,
      status: 'pending',
      standing: 'live',
      mac,
      sealedAddress,
      sealedCode: input.keepCode ? sealedCode : '',
      channel,
      to,
      createdAt: at,
      expiresAt,
      maxAttempts,
      failedChecks: 0,
      resends: 0,
      delivery: input.deliver ? 'queued' : 'sent',
      provider: '',
      deliveryAt: at,
      ...(input.storeMayHaveCopy ? {storeMayHaveCopy: true} : {}),
      ...(input.peerMayHaveCopy ? {peerMayHaveCopy: true} : {}),
      ...(input.survivesFailover ? {survivesFailover: true} : {}),
      ...(locale === undefined ? {} : {locale}),
      ...(reference === undefined ? {} : {reference}),
    };
    this.#records.verifications.set(address.tag, record);
    this.#records.endAt('verifications', address.tag, expiresAt + tombstoneMs);
    // No longer than it has to be, unlike what a spread makes: most recipients have one.
    recipient.codes = remembered(recipient.codes, at).concat(record);
    const created: CreateOutcome = {
      kind: 'created',
      id: address.id,
      limits: charged,
      snapshot: snapshotOf(record, recipient, at),
      ...(input.deliver ? {} : {sealedCode}),
    };
    // A record that holds a sealed code lives no longer than the code.
    return this.#remember(address, idempotency, at, created, input.deliver ? idempotencyMs : input.lifetimeMs);
  }

  async check(
    address: Address,
    presented: Presented,
    {blockAfter}: Pick<BudgetLimits, 'blockAfter'>,
    idempotency?: Idempotency,
  ): Promise<CheckOutcome> {
    const found = this.#find(address);
    const replayed = this.#replay<CheckOutcome>(idempotency);
    if (replayed !== undefined) return replayed;
    if (found === undefined) return {kind: 'not_found'};
    const {record, recipient, at} = found;
    const before = snapshotOf(record, recipient, at);
    if (before.status !== 'pending') return {kind: 'final', snapshot: before};
    const wait = waitBeforeCheck(before.budget, at);
    if (wait.kind === 'until') return {kind: 'too_soon', until: wait.at, snapshot: before};

    const bound = record.bindingMac === (presented.bindingMac ?? '');
    if (bound && record.mac === presented.mac) {
      clearBudget(recipient);
      finish(record, 'approved');
      // Once nothing is to be remembered but its codes, the record ends with the last of them.
      recipient.keptUntil = Math.max(at, ...recipient.codes.map(({expiresAt}) => expiresAt)) + tombstoneMs;
      this.#records.endAt('recipients', address.recipientTag, recipient.keptUntil);
      return this.#remember(address, idempotency, at, {kind: 'approved', snapshot: snapshotOf(record, recipient, at)});
    }
    const limits = {maxAttempts: record.maxAttempts, blockAfter: Math.min(blockAfter, this.#maxFailures)};
    recipient.blockAfter = blockAfter;
    const budget = afterFailure(before.budget, limits, this.#timings, at);
    recipient.failures = budget.failures;
    recipient.blocked = budget.lockedUntil === blocked;
    recipient.contexts ??= new Map();
    recipient.contexts.set(record.contextTag, {
      failures: budget.failuresInContext,
      checkableAt: budget.checkableAt,
      lockedUntil: Math.max(0, budget.lockedUntil),
    });
    this.#records.keepRecipient(address, recipient, at + this.#timings.rememberMs);
    record.failedChecks++;
    if (endsRound(budget.failuresInContext, limits) || recipient.blocked || record.failedChecks >= record.maxAttempts)
      finish(record, 'locked');
    return this.#remember(address, idempotency, at, {
      kind: bound ? 'incorrect' : 'binding_mismatch',
      snapshot: snapshotOf(record, recipient, at),
    });
  }

  async resend(
    address: Address,
    {mac, sealedCode, same, channel: asked, lifetimeMs, resendIntervalMs, maxResends}: Resend,
    idempotency?: Idempotency,
  ): Promise<ResendOutcome> {
    const found = this.#find(address);
    const replayed = this.#replay<ResendOutcome>(idempotency);
    if (replayed !== undefined) return replayed;
    if (found === undefined) return {kind: 'not_found'};
    const {record, recipient, at} = found;
    const before = snapshotOf(record, recipient, at);
    if (before.status !== 'pending') return {kind: 'final', snapshot: before};
    if (record.sealedAddress === '') return {kind: 'not_delivered', snapshot: before};
    const channel = asked ?? record.channel;
    if (!suits(kindOf(record.channel), channel)) return {kind: 'channel_unsuited', snapshot: before};
    if (record.resends >= maxResends) return {kind: 'limit_reached', snapshot: before};
    const refusal = refuseSend(recipient, record.contextTag, at);
    if (refusal !== undefined) return {...refusal, snapshot: before};

    const sendsSame = same && record.sealedCode !== '';
    const expiresAt = sendsSame ? record.expiresAt : at + lifetimeMs;
    // First of all, because a full outbox refuses.
    this.#enqueue({
      address,
      sealedCode: sendsSame ? record.sealedCode : sealedCode,
      sealedAddress: record.sealedAddress,
      expiresAt,
      queuedAt: at,
      resends: record.resends + 1,
      channel,
      ...(record.provider === '' ? {} : {avoid: record.provider}),
    });
    if (!sendsSame) {
      record.mac = mac;
      record.expiresAt = expiresAt;
    }
    record.resends++;
    record.channel = channel;
    noteDelivery(record, 'queued', '', at);
    recipient.sendableAt = at + resendIntervalMs;
    this.#records.keepRecipient(address, recipient, at + lifetimeMs + tombstoneMs);
    return this.#remember(address, idempotency, at, {kind: 'resent', snapshot: snapshotOf(record, recipient, at)});
  }

  async cancel(address: Address): Promise<CancelOutcome> {
    const found = this.#find(address);
    if (found === undefined) return {kind: 'not_found'};
    const {record, recipient, at} = found;
    const before = snapshotOf(record, recipient, at);
    if (before.status === 'canceled') return {kind: 'canceled', snapshot: before};
    if (before.status !== 'pending') return {kind: 'final', snapshot: before};
    finish(record, 'canceled');
    return {kind: 'canceled', snapshot: snapshotOf(record, recipient, at)};
  }

  async read(address: Address): Promise<ReadOutcome> {
    const found = this.#find(address);
    return found === undefined
      ? {kind: 'not_found'}
      : {kind: 'found', snapshot: snapshotOf(found.record, found.recipient, found.at)};
  }

  async unlock(_partition: number, recipientTags: readonly string[]): Promise<void> {
    this.#records.tick();
    for (const tag of recipientTags) {
      const recipient = this.#records.recipients.get(tag);
      if (recipient !== undefined) clearBudget(recipient);
    }
  }

  async erase(_partition: number, recipientTags: readonly string[]): Promise<number> {
    this.#records.tick();
    let erased = 0;
    for (const recipientTag of recipientTags) {
      const recipient = this.#records.recipients.get(recipientTag);
      if (recipient === undefined) continue;
      for (const {tag} of recipient.codes) if (this.#records.verifications.delete(tag)) erased++;
      recipient.codes = [];
      recipient.sendableAt = 0;
    }
    return erased;
  }

  async ping(): Promise<void> {}

  /** Notes what became of a message; a message that a resend has replaced changes nothing. */
  settle(
    message: Pick<MemoryMessage, 'address' | 'resends'>,
    result: Exclude<DeliveryResult, {kind: 'obsolete'}>,
  ): void {
    const found = this.#find(message.address);
    if (found === undefined || found.record.resends !== message.resends || found.record.delivery !== 'queued') return;
    const {record, recipient, at} = found;
    noteDelivery(record, result.kind, result.provider ?? '', at);
    // The worker's clock may see the end of the time a moment before this one: that is an expiry.
    const isRefused = result.kind === 'failed' && result.reason !== 'expired';
    if (isRefused && snapshotOf(record, recipient, at).status === 'pending') finish(record, 'undeliverable');
  }

  /** Notes what a provider tells of a message that it had taken. */
  report(address: Address, {provider, resends, status}: DeliveryReport): ReportOutcome {
    const found = this.#find(address);
    if (found === undefined) return 'not_found';
    const {record, recipient, at} = found;
    if (record.resends !== resends) return 'ignored';
    if (record.delivery === 'queued') return 'early';
    if (record.delivery !== 'sent' || record.provider !== provider) return 'ignored';
    noteDelivery(record, status, provider, at);
    if (status === 'failed' && snapshotOf(record, recipient, at).status === 'pending') finish(record, 'undeliverable');
    return 'noted';
  }

  #find(address: Address): {record: VerificationRecord; recipient: RecipientRecord; at: number} | undefined {
    const at = this.#records.tick();
    const record = this.#records.verifications.get(address.tag);
    return record === undefined ? undefined : {record, recipient: this.#records.recipient(address), at};
  }

  #replay<Outcome extends RememberedOutcome>(
    idempotency: Idempotency | undefined,
  ): Outcome | {kind: 'idempotency_conflict'} | undefined {
    const record = idempotency === undefined ? undefined : this.#records.request(idempotency.tag);
    if (record === undefined) return undefined;
    return record.fingerprint === idempotency?.fingerprint
      ? (record.outcome as Outcome)
      : {kind: 'idempotency_conflict'};
  }

  #remember<Outcome extends RememberedOutcome>(
    {partition, recipientTag}: Address,
    idempotency: Idempotency | undefined,
    at: number,
    outcome: Outcome,
    keepMs = idempotencyMs,
  ): Outcome {
    if (idempotency === undefined) return outcome;
    const {tag, fingerprint} = idempotency;
    const request = {fingerprint, outcome, endsAt: at + keepMs, recipient: recipientTag};
    this.#records.keepRequest(tag, request, this.#records.recipient({partition, recipientTag}));
    return outcome;
  }

  /** Throws `StoreError` when there is no room for one more. */
  refuseWhenFull(): void {
    const {verifications, recipients, requests, limits} = this.#records;
    const largest = Math.max(
      verifications.size,
      recipients.size,
      (requests.size + limits.size) / smallRecordsPerVerification,
    );
    if (largest >= this.#maxRecords)
      throw new StoreError('not_executed', `the memory store is full (${this.#maxRecords} records)`);
    if (!this.#takeRoom()) throw new StoreError('not_executed', 'the memory of this process is full');
  }
}
