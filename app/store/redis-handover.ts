import type {DeliveryResult, QueuedMessage} from '../delivery/outbox.ts';
import {type BudgetTimings, defaultBudgetTimings} from '../domain/failure-budget.ts';
import {draftTagOf} from '../domain/verification-id.ts';
import {type Adopted, Adoption} from './adoption.ts';
import {aged, type HeldVerification, type Holding} from './holding.ts';
import {
  handoverKey,
  idempotencyKey,
  keysOf,
  lineageKey,
  outboxKey,
  probeKey,
  recipientKey,
  verificationKey,
} from './keys.ts';
import type {MemoryMessage} from './memory-store.ts';
import {lineageIn} from './redis/replication-info.ts';
import type {RedisServers} from './redis/servers.ts';
import {toStoreError} from './redis-errors.ts';
import {resultLetter} from './redis-outbox.ts';
import {deliveryLetter, statusLetter, toReply} from './redis-replies.ts';
import type {ScriptCall} from './redis-scripts.ts';
import {StoreError, tombstoneMs} from './store.ts';

/** Far longer than a process tries to hand the same over again. */
const sequenceKnownMs = 86_400_000;

export interface RedisHandoverOptions {
  readonly servers: RedisServers;
  /** Whether a code is lost when another server has taken over that may lack what was done last. @default false */
  readonly fenced?: boolean;
  /** @default defaultBudgetTimings */
  readonly timings?: BudgetTimings;
}

/** What a store that was away takes over from the processes that stood in for it. Every method rejects with `StoreError`. */
export class RedisHandover {
  readonly #servers: RedisServers;
  readonly #fenced: boolean;
  readonly #timings: BudgetTimings;

  constructor({servers, fenced = false, timings = defaultBudgetTimings}: RedisHandoverOptions) {
    this.#servers = servers;
    this.#fenced = fenced;
    this.#timings = timings;
  }

  /**
   * Takes over a recipient, once it is sent. The same `sequence` of the same process (`instance`) again changes nothing.
   * What may have been taken over has to be sent again by the same adoption, which knows under which lineage that was.
   */
  adoption(holding: Holding, instance: string, sequence: number): Adoption {
    const heldAt = performance.now();
    let serverAheadMs = 0;
    return new Adoption({
      ask: async () => {
        const server = await this.#serverOf(holding.partition);
        serverAheadMs = server.at - performance.now();
        return server.lineage;
      },
      adopt: (lineage, inDoubt) => {
        // It may have been on its way for long: a code lives no longer for that.
        const sentAt = performance.now();
        const atServer = Math.floor(sentAt + serverAheadMs);
        return this.#adopt(aged(holding, Math.ceil(sentAt - heldAt)), atServer, instance, sequence, lineage, inDoubt);
      },
    });
  }

  /** In one step. It is as `holding` says at `sentAt` by the server's clock. */
  async #adopt(
    holding: Holding,
    sentAt: number,
    instance: string,
    sequence: number,
    lineage: string,
    inDoubt: boolean,
  ): Promise<Adopted> {
    const {partition, recipientTag, verifications, requests} = holding;
    const copies = verifications.flatMap((held) => (held.storeMayHaveCopy ? [draftTagOf(held)] : []));
    const {roundWaitMs, maxRoundWaitMs, rememberMs} = this.#timings;
    const reply = await this.#run(
      'adopt',
      [
        recipientKey(partition, recipientTag),
        outboxKey(partition),
        handoverKey(partition, recipientTag, instance),
        ...[...verifications.map(({tag}) => tag), ...copies].map((tag) => verificationKey(partition, tag)),
        ...requests.map(({tag}) => idempotencyKey(partition, tag)),
        this.#lineageKey(partition),
      ],
      [
        JSON.stringify({
          ...holding,
          verifications: verifications.map((held) => toScript(held, this.#fenced)),
          requests: requests.map(({fingerprint, endsInMs, outcome}) => ({
            fingerprint,
            endsInMs: Math.floor(endsInMs),
            reply: toReply(outcome),
          })),
        }),
        sequence,
        tombstoneMs,
        rememberMs,
        roundWaitMs,
        maxRoundWaitMs,
        sequenceKnownMs,
        lineage,
        inDoubt ? 1 : 0,
        sentAt,
      ],
    );
    return reply === 2 ? 'codes_lost' : 'taken';
  }

  /** Notes what became of a message whose verification was taken over after a worker had received it. */
  async note({address, resends}: Pick<QueuedMessage, 'address' | 'resends'>, result: DeliveryResult): Promise<void> {
    const {verification, recipient, outbox} = keysOf(address);
    const provider = 'provider' in result ? (result.provider ?? '') : '';
    await this.#run(
      'settle',
      [verification, recipient, outbox, this.#lineageKey(address.partition)],
      [address.tag, '', '', resultLetter(result), provider, resends],
    );
  }

  /** Queues a message that a worker had in hand when its verification was taken over, and has given back; not one that is obsolete. */
  async requeue({address, sealedCode, sealedAddress, resends, avoid, channel}: MemoryMessage): Promise<void> {
    const {verification, recipient, outbox} = keysOf(address);
    await this.#run(
      'requeue',
      [verification, recipient, outbox, this.#lineageKey(address.partition)],
      [address.tag, address.id, sealedCode, sealedAddress, resends, avoid ?? '', channel ?? '', tombstoneMs],
    );
  }

  /** Names the part of the store that has a partition at this moment: of a cluster its master, of any other the whole. */
  partOf(partition: number): string {
    return this.#servers.part(outboxKey(partition));
  }

  /** Notes whether a part counts as away: nobody waits for a limit that lies there. */
  noteAway(part: string, isAway: boolean): void {
    if (isAway) this.#servers.away.add(part);
    else this.#servers.away.delete(part);
  }

  /** Resolves when the part of the store that has this partition takes writes. */
  async probe(partition: number): Promise<void> {
    await this.#run('probe', [probeKey(partition)], []);
  }

  /** Nothing is changed by it, whatever becomes of it. `at`: ms since 1970 by the server's clock. */
  async #serverOf(partition: number): Promise<{readonly lineage: string; readonly at: number}> {
    try {
      const connection = this.#servers.connection(outboxKey(partition));
      const [info, [seconds, micros]] = await Promise.all([connection.info('replication'), connection.time()]);
      const lineage = lineageIn(info);
      if (lineage === undefined) throw new Error('the server tells no master_replid');
      return {lineage, at: Number(seconds) * 1000 + Number(micros) / 1000};
    } catch (error) {
      throw new StoreError('not_executed', toStoreError(error).message, error);
    }
  }

  #lineageKey(partition: number): string {
    return lineageKey(this.#servers.sharded ? partition : undefined);
  }

  #run(name: ScriptCall['name'], keys: ScriptCall['keys'], args: ScriptCall['args']): Promise<unknown> {
    return this.#servers.run({name, keys, args});
  }
}

const marks: Record<HeldVerification['standing'], string> = {live: '=', superseded: '!', final: '.'};

/** A verification as `adopt.lua` reads it. */
function toScript(held: HeldVerification, fenced: boolean) {
  const {channel, to, locale, reference, delivery} = held;
  return {
    tag: held.tag,
    ...(held.storeMayHaveCopy ? {copy: draftTagOf(held)} : {}),
    status: statusLetter(held.status),
    mark: held.status === 'approved' ? '+' : marks[held.standing],
    fenced: fenced && held.status === 'pending' && held.survivesFailover !== true,
    mac: held.mac,
    sealedAddress: held.sealedAddress,
    sealedCode: held.sealedCode,
    bindingMac: held.bindingMac,
    context: held.contextTag,
    info: JSON.stringify({channel, to, locale, reference}),
    createdAgeMs: held.createdAgeMs,
    expiresInMs: held.expiresInMs,
    maxAttempts: held.maxAttempts,
    failedChecks: held.failedChecks,
    resends: held.resends,
    delivery: deliveryLetter(delivery.status),
    provider: delivery.provider ?? '',
    deliveredAgeMs: delivery.updatedAgeMs,
    ...(held.message === undefined ? {} : {message: held.message}),
  };
}
