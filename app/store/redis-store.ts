import type {Redis} from 'ioredis';
import {type BudgetLimits, type BudgetTimings, defaultBudgetTimings} from '../domain/failure-budget.ts';
import {keysOf} from './keys.ts';
import {toStoreError} from './redis-errors.ts';
import {type Info, toOutcome} from './redis-replies.ts';
import {runScript} from './redis-scripts.ts';
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

  async create(address: Address, verification: NewVerification): Promise<CreateOutcome> {
    const {channel, maskedTo: to, locale, reference} = verification;
    const info: Info = {
      channel,
      to,
      ...(locale === undefined ? {} : {locale}),
      ...(reference === undefined ? {} : {reference}),
    };
    const {verification: v, recipient, outbox} = keysOf(address);
    const reply = await this.#run(
      'create',
      [v, recipient, outbox],
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
      ],
    );
    return toOutcome<CreateOutcome>(reply, ['created', 'recipient_locked', 'send_too_soon']);
  }

  async check(address: Address, mac: string, {blockAfter}: Pick<BudgetLimits, 'blockAfter'>): Promise<CheckOutcome> {
    const {verification, recipient} = keysOf(address);
    const {waitFromFailure, waitMs, maxWaitMs, roundWaitMs, maxRoundWaitMs, rememberMs} = this.#timings;
    const reply = await this.#run(
      'check',
      [verification, recipient],
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
      ],
    );
    return toOutcome<CheckOutcome>(reply, ['approved', 'incorrect', 'too_soon', 'final', 'not_found']);
  }

  async resend(address: Address, code: NewCode): Promise<ResendOutcome> {
    const {verification, recipient, outbox} = keysOf(address);
    const reply = await this.#run(
      'resend',
      [verification, recipient, outbox],
      [
        address.tag,
        code.mac,
        code.sealedCode,
        address.id,
        code.lifetimeMs,
        tombstoneMs,
        code.resendIntervalMs,
        code.maxResends,
      ],
    );
    return toOutcome<ResendOutcome>(reply, [
      'resent',
      'limit_reached',
      'recipient_locked',
      'send_too_soon',
      'final',
      'not_found',
    ]);
  }

  async cancel(address: Address): Promise<CancelOutcome> {
    const {verification, recipient} = keysOf(address);
    const reply = await this.#run('cancel', [verification, recipient], [address.tag, tombstoneMs]);
    return toOutcome<CancelOutcome>(reply, ['canceled', 'final', 'not_found']);
  }

  async read(address: Address): Promise<ReadOutcome> {
    const {verification, recipient} = keysOf(address);
    const reply = await this.#run('read', [verification, recipient], [address.tag]);
    return toOutcome<ReadOutcome>(reply, ['found', 'not_found']);
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
