import {setTimeout as delay} from 'node:timers/promises';
import {type BulkheadPolicy, bulkhead} from 'cockatiel';
import type {Logger} from 'pino';
import type {Channel} from '../domain/policy.ts';
import {backoffMs} from './backoff.ts';
import {type MessageAddress, messageIdOf} from './message.ts';
import {claimAfterMs, type DeliveryResult, type Outbox, type QueuedMessage} from './outbox.ts';
import type {OutgoingMessage, Provider, SendResult} from './provider.ts';
import type {Rendered} from './template.ts';

/** A message that can be written. */
type Opened = MessageAddress & {
  readonly code: string;
  readonly lifetimeSeconds: number;
  /** Names the policy, whose words it is written in. */
  readonly policyTag: number;
};

export interface OutboxWorkerOptions {
  readonly outbox: Outbox;
  /** The providers of a channel, in order of preference. */
  readonly providersOf: (channel: Channel) => readonly Provider[];
  /** Opens a queued message; undefined if it cannot be read. */
  readonly open: (message: QueuedMessage) => Opened | undefined;
  readonly render: (message: Opened) => Rendered;
  readonly log: Logger;
  /** Counts what became of each attempt. */
  readonly onSend?: (provider: string, result: SendResult['kind']) => void;
  /** The window of the first wait before another attempt; it doubles up to 15 s. @default 500 */
  readonly retryMs?: number;
}

const pollMs = 2000;
const maxRetryMs = 15_000;
/** Once the store is back, messages wait no longer than this. */
const maxOutageWaitMs = 1000;
/** Messages of one channel that a worker has in hand: a provider that is down holds up its own channel only. */
const maxInHandPerChannel = 1000;

/** Takes messages from the outbox and hands each to a provider, again and again until one takes it or the code is of no use. */
export class OutboxWorker {
  readonly #options: OutboxWorkerOptions;
  readonly #retryMs: number;
  readonly #stopping = new AbortController();
  /** What is being delivered, by entry: a message that comes again meanwhile is only held on to. */
  readonly #inHand = new Map<string, Promise<void>>();
  readonly #perChannel = new Map<Channel | undefined, number>();
  readonly #gates = new Map<Provider, BulkheadPolicy>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: OutboxWorkerOptions) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? 500;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Takes no more messages and waits up to `graceMs` for those in hand; what is being retried stays in the outbox. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#options.outbox.close();
    const ended = this.#loop.then(() => Promise.all(this.#inHand.values()));
    await Promise.race([ended, delay(graceMs, undefined, {ref: false})]);
  }

  async #run(): Promise<void> {
    const {outbox, log} = this.#options;
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        for (const message of await outbox.receive(pollMs)) this.#take(message);
        failures = 0;
      } catch (err) {
        if (failures === 0) log.warn({err}, 'outbox out of reach');
        await this.#pause(failures++, maxOutageWaitMs, this.#stopping.signal);
      }
    }
  }

  #take(message: QueuedMessage): void {
    const {outbox, log} = this.#options;
    const name = `${message.address.partition} ${message.entry}`;
    if (this.#inHand.has(name)) {
      void outbox.renew(message).catch(() => {});
      return;
    }
    const opened = this.#options.open(message);
    const channel = opened?.channel;
    if ((this.#perChannel.get(channel) ?? 0) >= maxInHandPerChannel) {
      outbox.release(message);
      return;
    }
    const renewal = setInterval(() => void outbox.renew(message).catch(() => {}), claimAfterMs / 3);
    const done = this.#deliver(message, opened)
      .catch((err) => log.error({err, verificationId: message.address.id}, 'message left in the outbox'))
      .finally(() => {
        clearInterval(renewal);
        this.#inHand.delete(name);
        this.#count(channel, -1);
      });
    this.#inHand.set(name, done);
    this.#count(channel, 1);
  }

  #count(channel: Channel | undefined, by: 1 | -1): void {
    this.#perChannel.set(channel, (this.#perChannel.get(channel) ?? 0) + by);
  }

  async #deliver(message: QueuedMessage, opened: Opened | undefined): Promise<void> {
    const {log} = this.#options;
    const verificationId = message.address.id;
    const deadline = AbortSignal.timeout(Math.max(0, message.remainingMs));
    if (opened === undefined) log.error({verificationId}, 'message cannot be opened with the keys of this process');
    const result = opened === undefined ? ({kind: 'failed'} as const) : await this.#send(message, opened, deadline);
    // Stopped in the middle of retries: another worker goes on with it.
    if (result === undefined) return;
    if (result.kind === 'failed') log.warn({verificationId, provider: result.provider}, 'message not delivered');
    await this.#settle(message, result);
  }

  /** What became of the message; undefined if the worker was stopped before that was known. */
  async #send(message: QueuedMessage, opened: Opened, deadline: AbortSignal): Promise<DeliveryResult | undefined> {
    const {address, resends} = message;
    const {channel, to, code} = opened;
    const outgoing = {
      verificationId: address.id,
      messageId: messageIdOf(address, resends),
      channel,
      to,
      code,
      ...this.#options.render(opened),
    };
    const stop = AbortSignal.any([deadline, this.#stopping.signal]);
    let last: string | undefined;
    for (let attempt = 0; !stop.aborted; attempt++) {
      const result = await this.#attempt(message, outgoing, deadline);
      if (result.kind !== 'again') return result;
      last = result.provider;
      await this.#pause(attempt, maxRetryMs, stop);
    }
    return deadline.aborted ? {kind: 'failed', ...(last === undefined ? {} : {provider: last})} : undefined;
  }

  /** One round over the providers of the channel. */
  async #attempt(
    message: QueuedMessage,
    outgoing: OutgoingMessage,
    deadline: AbortSignal,
  ): Promise<DeliveryResult | {readonly kind: 'again'; readonly provider?: string}> {
    let again: string | undefined;
    let refusedBy: string | undefined;
    for (const provider of this.#options.providersOf(outgoing.channel)) {
      const result = await this.#gate(provider).execute(async (): Promise<SendResult | {readonly kind: 'obsolete'}> => {
        // Read anew each time, and only once it is this message's turn: a code may have ended while it waited.
        if (deadline.aborted) return {kind: 'retry', reason: 'the code has expired'};
        return (await this.#isCurrent(message)) ? provider.send(outgoing, deadline) : {kind: 'obsolete'};
      });
      if (result.kind === 'obsolete') return result;
      this.#options.onSend?.(provider.name, result.kind);
      if (result.kind === 'accepted') return {kind: 'sent', provider: provider.name};
      this.#options.log.warn(
        {verificationId: outgoing.verificationId, provider: provider.name, result: result.kind, reason: result.reason},
        'provider did not take a message',
      );
      if (result.kind === 'retry') again = provider.name;
      else refusedBy = provider.name;
    }
    if (again !== undefined) return {kind: 'again', provider: again};
    return {kind: 'failed', ...(refusedBy === undefined ? {} : {provider: refusedBy})};
  }

  /** While the store is out of reach nobody knows: the message is rather sent than not. */
  async #isCurrent(message: QueuedMessage): Promise<boolean> {
    return this.#options.outbox.isCurrent(message).catch(() => true);
  }

  /** Notes the result, however long the store takes to come back. */
  async #settle(message: QueuedMessage, result: DeliveryResult): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#options.outbox.settle(message, result);
      } catch (error) {
        if (this.#stopping.signal.aborted) throw error;
        await this.#pause(attempt, maxOutageWaitMs, this.#stopping.signal);
      }
    }
  }

  #gate(provider: Provider): BulkheadPolicy {
    const gate = this.#gates.get(provider) ?? bulkhead(provider.maxConcurrent, Number.MAX_SAFE_INTEGER);
    this.#gates.set(provider, gate);
    return gate;
  }

  async #pause(attempt: number, maxMs: number, signal: AbortSignal): Promise<void> {
    // An abort ends the pause; whoever pauses looks at the signal.
    await delay(backoffMs(attempt, {firstMs: this.#retryMs, maxMs}), undefined, {signal}).catch(() => {});
  }
}
