import {type BudgetLimits, type BudgetTimings, defaultBudgetTimings} from '../domain/failure-budget.ts';
import {channels} from '../domain/policy.ts';
import {kindOf, suits} from '../domain/recipient.ts';
import {
  chargeKey,
  idempotencyKey,
  keysOf,
  lineageKey,
  outboxKey,
  rateLimitKey,
  recipientKey,
  verificationKey,
} from './keys.ts';
import type {RedisServers} from './redis/servers.ts';
import {type Info, toOutcome} from './redis-replies.ts';
import type {ScriptCall} from './redis-scripts.ts';
import {
  type Address,
  type CancelOutcome,
  type CheckOutcome,
  type CreateOutcome,
  type Idempotency,
  idempotencyMs,
  type NewVerification,
  type Presented,
  type RateLimit,
  type ReadOutcome,
  type Resend,
  type ResendOutcome,
  type Store,
  StoreError,
  StoreLimitAway,
  tombstoneMs,
} from './store.ts';

export interface RedisStoreOptions {
  readonly servers: RedisServers;
  /** Whether a code is lost when another server has taken over that may lack what was done last. @default false */
  readonly fenced?: boolean;
  /** @default defaultBudgetTimings */
  readonly timings?: BudgetTimings;
}

/** The store in Redis: one script, and one round trip, an operation; Redis' clock. */
export class RedisStore implements Store {
  readonly #servers: RedisServers;
  readonly #fenced: boolean;
  readonly #timings: BudgetTimings;

  constructor({servers, fenced = false, timings = defaultBudgetTimings}: RedisStoreOptions) {
    this.#servers = servers;
    this.#fenced = fenced;
    this.#timings = timings;
  }

  async create(address: Address, verification: NewVerification, idempotency?: Idempotency): Promise<CreateOutcome> {
    const {channel, maskedTo: to, locale, reference, rateLimits} = verification;
    const info: Info = {
      channel,
      to,
      ...(locale === undefined ? {} : {locale}),
      ...(reference === undefined ? {} : {reference}),
    };
    const {verification: v, recipient, outbox} = keysOf(address);
    const elsewhere = this.#servers.sharded ? await this.#chargeElsewhere(address, rateLimits, idempotency) : undefined;
    if (elsewhere?.kind === 'replied') return toCreateOutcome(elsewhere.reply);
    if (elsewhere?.kind === 'rate_limited') return elsewhere;
    const here = this.#servers.sharded ? [] : rateLimits;
    const reply = await this.#run(
      'create',
      [
        v,
        recipient,
        outbox,
        recordOf(address, idempotency),
        ...here.map(({tag}) => rateLimitKey(tag)),
        this.#lineage(address),
      ],
      [
        address.tag,
        verification.mac,
        JSON.stringify(info),
        verification.sealedCode,
        verification.sealedAddress,
        address.id,
        verification.lifetimeMs,
        tombstoneMs,
        verification.maxAttempts,
        verification.maxPending,
        verification.resendIntervalMs,
        verification.bindingMac ?? '',
        verification.contextTag ?? '',
        verification.keepCode ? 1 : 0,
        idempotency?.fingerprint ?? '',
        idempotencyMs,
        verification.deliver ? 1 : 0,
        this.#fenced && verification.survivesFailover !== true ? 1 : 0,
        ...here.flatMap(({count, periodMs}) => [count, periodMs]),
        ...(elsewhere?.charged ?? []),
      ],
    );
    return toCreateOutcome(reply);
  }

  async check(
    address: Address,
    {mac, bindingMac = ''}: Presented,
    {blockAfter}: Pick<BudgetLimits, 'blockAfter'>,
    idempotency?: Idempotency,
  ): Promise<CheckOutcome> {
    const {verification, recipient} = keysOf(address);
    const {waitFromFailure, waitMs, maxWaitMs, roundWaitMs, maxRoundWaitMs, rememberMs} = this.#timings;
    const reply = await this.#run(
      'check',
      [verification, recipient, recordOf(address, idempotency), this.#lineage(address)],
      [
        address.tag,
        mac,
        tombstoneMs,
        blockAfter,
        waitFromFailure,
        waitMs,
        maxWaitMs,
        roundWaitMs,
        maxRoundWaitMs,
        rememberMs,
        bindingMac,
        idempotency?.fingerprint ?? '',
        idempotencyMs,
      ],
    );
    return toOutcome<CheckOutcome>(reply, [
      'approved',
      'incorrect',
      'binding_mismatch',
      'too_soon',
      'final',
      'not_found',
      'idempotency_conflict',
    ]);
  }

  async resend(
    address: Address,
    {mac, sealedCode, same, channel, lifetimeMs, resendIntervalMs, maxResends}: Resend,
    idempotency?: Idempotency,
  ): Promise<ResendOutcome> {
    const {verification, recipient, outbox} = keysOf(address);
    const reply = await this.#run(
      'resend',
      [verification, recipient, outbox, recordOf(address, idempotency), this.#lineage(address)],
      [
        address.tag,
        mac,
        sealedCode,
        address.id,
        lifetimeMs,
        tombstoneMs,
        resendIntervalMs,
        maxResends,
        idempotency?.fingerprint ?? '',
        idempotencyMs,
        same ? 1 : 0,
        channel ?? '',
        channel === undefined ? '' : ` ${channels.filter((each) => suits(kindOf(channel), each)).join(' ')} `,
      ],
    );
    return toOutcome<ResendOutcome>(reply, [
      'resent',
      'limit_reached',
      'not_delivered',
      'channel_unsuited',
      'recipient_locked',
      'send_too_soon',
      'final',
      'not_found',
      'idempotency_conflict',
    ]);
  }

  async cancel(address: Address): Promise<CancelOutcome> {
    const {verification, recipient} = keysOf(address);
    const reply = await this.#run('cancel', [verification, recipient, this.#lineage(address)], [address.tag]);
    return toOutcome<CancelOutcome>(reply, ['canceled', 'final', 'not_found']);
  }

  async read(address: Address): Promise<ReadOutcome> {
    const {verification, recipient} = keysOf(address);
    const reply = await this.#run('read', [verification, recipient, this.#lineage(address)], [address.tag]);
    return toOutcome<ReadOutcome>(reply, ['found', 'not_found']);
  }

  async unlock(partition: number, recipientTags: readonly string[]): Promise<void> {
    await this.#run(
      'unlock',
      recipientTags.map((tag) => recipientKey(partition, tag)),
      [],
    );
  }

  async erase(partition: number, recipientTags: readonly string[]): Promise<number> {
    const recipients = recipientTags.map((tag) => recipientKey(partition, tag));
    // Two scripts: which verifications there are is known only once the recipients' records are read.
    const tags = (await this.#run('codes', recipients, [])) as string[];
    return Number(
      await this.#run(
        'erase',
        [...recipients, ...tags.map((tag) => verificationKey(partition, tag))],
        [recipients.length],
      ),
    );
  }

  ping(): Promise<void> {
    return this.#servers.ping();
  }

  /** On a cluster: each limit is charged where it lies, in one more round trip, or in two for a request that may be repeated. */
  async #chargeElsewhere(
    address: Address,
    rateLimits: readonly RateLimit[],
    idempotency: Idempotency | undefined,
  ): Promise<
    | {readonly kind: 'charged'; readonly charged: readonly number[]}
    | {readonly kind: 'replied'; readonly reply: unknown}
    | (CreateOutcome & {readonly kind: 'rate_limited'})
  > {
    if (idempotency !== undefined) {
      const reply = await this.#run('replayed', [recordOf(address, idempotency)], [idempotency.fingerprint]);
      if (reply !== null) return {kind: 'replied', reply};
    }
    const replies = await Promise.all(
      rateLimits.map((limit) => this.#charge(limit, address, idempotency?.tag ?? address.tag)),
    );
    const charged = replies.map((reply) => (reply as readonly unknown[]).map(Number));
    const limit = charged.findIndex(([left]) => left === -1);
    const [, until = 0, at = 0] = charged[limit] ?? [];
    if (limit !== -1) return {kind: 'rate_limited', at, until, limit};
    return {kind: 'charged', charged: charged.flatMap(([left = 0, resetAt = 0]) => [left, resetAt])};
  }

  /** A charge of unknown outcome is none for the creation, which has not begun; asked for again it is charged once. */
  async #charge({tag, count, periodMs}: RateLimit, {partition}: Address, requestTag: string): Promise<unknown> {
    const key = rateLimitKey(tag);
    const part = this.#servers.part(key);
    const isElsewhere = part !== this.#servers.part(outboxKey(partition));
    if (isElsewhere && this.#servers.away.has(part))
      throw new StoreLimitAway(new StoreError('not_executed', `Redis: ${part}, which has a limit, counts as away`));
    try {
      return await this.#run('charge', [key, chargeKey(tag, requestTag)], [count, periodMs, chargeKnownMs]);
    } catch (error) {
      throw error instanceof StoreError && isElsewhere ? new StoreLimitAway(error) : error;
    }
  }

  #lineage({partition}: Address): string {
    return lineageKey(this.#servers.sharded ? partition : undefined);
  }

  #run(name: ScriptCall['name'], keys: ScriptCall['keys'], args: ScriptCall['args']): Promise<unknown> {
    return this.#servers.run({name, keys, args});
  }
}

/** Far longer than a process tries the same creation; afterwards the creation's own record knows the request. */
const chargeKnownMs = 60_000;

function toCreateOutcome(reply: unknown): CreateOutcome {
  return toOutcome(reply, ['created', 'recipient_locked', 'send_too_soon', 'rate_limited', 'idempotency_conflict']);
}

/** The key of a request's record. Without one a key of the same partition stands in its place, which no script touches. */
function recordOf({partition}: Address, idempotency: Idempotency | undefined): string {
  return idempotencyKey(partition, idempotency?.tag ?? 'none');
}
