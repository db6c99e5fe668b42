import type {Redis} from 'ioredis';
import {type BudgetLimits, type BudgetTimings, defaultBudgetTimings} from '../domain/failure-budget.ts';
import {idempotencyKey, keysOf, rateLimitKey, recipientKey, verificationKey} from './keys.ts';
import {toStoreError} from './redis-errors.ts';
import {type Info, toOutcome} from './redis-replies.ts';
import {runScript} from './redis-scripts.ts';
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

export interface RedisStoreOptions {
  /** A connection made by `connectRedis`; whoever made it closes it. */
  readonly redis: Redis;
  /** @default defaultBudgetTimings */
  readonly timings?: BudgetTimings;
}

/** The store in Redis: one script, and one round trip, an operation; Redis' clock. */
export class RedisStore implements Store {
  readonly #redis: Redis;
  readonly #timings: BudgetTimings;

  constructor({redis, timings = defaultBudgetTimings}: RedisStoreOptions) {
    this.#redis = redis;
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
    const reply = await this.#run(
      'create',
      [v, recipient, outbox, recordOf(address, idempotency), ...rateLimits.map(({tag}) => rateLimitKey(tag))],
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
        ...rateLimits.flatMap(({count, periodMs}) => [count, periodMs]),
      ],
    );
    return toOutcome<CreateOutcome>(reply, [
      'created',
      'recipient_locked',
      'send_too_soon',
      'rate_limited',
      'idempotency_conflict',
    ]);
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
      [verification, recipient, recordOf(address, idempotency)],
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
    {mac, sealedCode, same, lifetimeMs, resendIntervalMs, maxResends}: Resend,
    idempotency?: Idempotency,
  ): Promise<ResendOutcome> {
    const {verification, recipient, outbox} = keysOf(address);
    const reply = await this.#run(
      'resend',
      [verification, recipient, outbox, recordOf(address, idempotency)],
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
      ],
    );
    return toOutcome<ResendOutcome>(reply, [
      'resent',
      'limit_reached',
      'not_delivered',
      'recipient_locked',
      'send_too_soon',
      'final',
      'not_found',
      'idempotency_conflict',
    ]);
  }

  async cancel(address: Address): Promise<CancelOutcome> {
    const {verification, recipient} = keysOf(address);
    const reply = await this.#run('cancel', [verification, recipient], [address.tag]);
    return toOutcome<CancelOutcome>(reply, ['canceled', 'final', 'not_found']);
  }

  async read(address: Address): Promise<ReadOutcome> {
    const {verification, recipient} = keysOf(address);
    const reply = await this.#run('read', [verification, recipient], [address.tag]);
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

  async ping(): Promise<void> {
    await this.#redis.ping().catch((error) => {
      throw new StoreError('not_executed', toStoreError(error).message, error);
    });
  }

  async #run(
    ...[name, keys, args]: [Parameters<typeof runScript>[1], readonly string[], readonly (string | number)[]]
  ): Promise<unknown> {
    try {
      return await runScript(this.#redis, name, keys, args);
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

/** The key of a request's record. Without one a key of the same partition stands in its place, which no script touches. */
function recordOf({partition}: Address, idempotency: Idempotency | undefined): string {
  return idempotencyKey(partition, idempotency?.tag ?? 'none');
}
