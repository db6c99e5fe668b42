import {setTimeout as delay} from 'node:timers/promises';
import {ExponentialBackoff, fullJitterGenerator, handleAll, handleWhenResult, type RetryPolicy, retry} from 'cockatiel';
import type {Logger} from 'pino';
import type {Channel} from '../domain/policy.ts';
import type {MessageAddress} from './message.ts';
import {claimAfterMs, type DeliveryResult, type Outbox, type QueuedMessage} from './outbox.ts';
import type {Provider, SendResult} from './provider.ts';
import type {Rendered} from './template.ts';

export interface OutboxWorkerOptions {
  readonly outbox: Outbox;
  /** The providers of a channel, in order of preference. */
  readonly providersOf: (channel: Channel) => readonly Provider[];
  /** Opens a queued message; undefined if it cannot be read. */
  readonly open: (message: QueuedMessage) => (MessageAddress & {readonly code: string}) | undefined;
  readonly render: (message: MessageAddress & {readonly code: string}) => Rendered;
  readonly log: Logger;
  /** Counts what became of each attempt. */
  readonly onSend?: (provider: string, result: SendResult['kind']) => void;
  /** The first wait before another attempt; each further one doubles it, up to 15 s. @default 500 */
  readonly retryMs?: number;
}

const pollMs = 2000;
const maxInFlight = 256;
const maxRetryMs = 15_000;
/** Once the store is back, messages wait no longer than this. */
const maxOutageWaitMs = 1000;

/** Takes messages from the outbox and hands each to a provider, again and again until one takes it or the code expires. */
export class OutboxWorker {
  readonly #options: OutboxWorkerOptions;
  readonly #stopping = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: OutboxWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Takes no more messages and waits up to `graceMs` for those in hand; what is being retried stays in the outbox. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#options.outbox.close();
    const done = this.#loop.then(() => Promise.all(this.#inFlight));
    await Promise.race([done, delay(graceMs, undefined, {ref: false})]);
  }

  async #run(): Promise<void> {
    const {outbox, log} = this.#options;
    const receive = this.#retry(handleAll, maxOutageWaitMs);
    receive.onFailure(({reason}) =>
      log.warn({err: 'error' in reason ? reason.error : undefined}, 'outbox out of reach'),
    );
    while (!this.#stopping.signal.aborted) {
      const messages = await receive.execute(() => outbox.receive(pollMs), this.#stopping.signal).catch(() => []);
      for (const message of messages) this.#track(this.#deliver(message));
      if (this.#inFlight.size >= maxInFlight) await Promise.race(this.#inFlight);
    }
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((err) => this.#options.log.error({err}, 'message left in the outbox'))
      .finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.add(tracked);
  }

  async #deliver(message: QueuedMessage): Promise<void> {
    const {outbox, log} = this.#options;
    const {id} = message.address;
    const deadline = AbortSignal.timeout(Math.max(0, message.remainingMs));
    const opened = this.#options.open(message);
    if (opened === undefined) log.error({verificationId: id}, 'message cannot be opened with the keys of this process');
    const result: DeliveryResult | undefined =
      opened === undefined || message.remainingMs <= 0 || !(await outbox.isCurrent(message))
        ? {kind: 'failed'}
        : await this.#send(message, opened, deadline);
    // Stopped in the middle of retries: another worker goes on with it.
    if (result === undefined) return;
    if (result.kind === 'failed') log.warn({verificationId: id, provider: result.provider}, 'message not delivered');
    await this.#retry(handleAll).execute(
      () => outbox.settle(message, result),
      AbortSignal.any([deadline, this.#stopping.signal]),
    );
  }

  async #send(
    message: QueuedMessage,
    opened: NonNullable<ReturnType<OutboxWorkerOptions['open']>>,
    deadline: AbortSignal,
  ): Promise<DeliveryResult | undefined> {
    const {outbox, providersOf, render, log} = this.#options;
    const {id} = message.address;
    const rendered = render(opened);
    const outgoing = {
      verificationId: id,
      messageId: `${id}.${message.resends}`,
      channel: opened.channel,
      to: opened.to,
      code: opened.code,
      ...rendered,
    };
    const renewal = setInterval(() => void outbox.renew(message).catch(() => {}), claimAfterMs / 3);
    const stop = AbortSignal.any([deadline, this.#stopping.signal]);
    let last: DeliveryResult = {kind: 'failed'};
    try {
      const attempt = async (): Promise<'done' | 'again'> => {
        let again = false;
        for (const provider of providersOf(opened.channel)) {
          const result = await provider.send(outgoing, deadline);
          this.#options.onSend?.(provider.name, result.kind);
          if (result.kind === 'accepted') {
            last = {kind: 'sent', provider: provider.name};
            return 'done';
          }
          log.warn(
            {verificationId: id, provider: provider.name, result: result.kind, reason: result.reason},
            'provider did not take a message',
          );
          last = {kind: 'failed', provider: provider.name};
          again ||= result.kind === 'retry';
        }
        return again ? 'again' : 'done';
      };
      const outcome = await this.#retry(handleWhenResult((result) => result === 'again')).execute(attempt, stop);
      return outcome === 'done' || deadline.aborted ? last : undefined;
    } finally {
      clearInterval(renewal);
    }
  }

  #retry(policy: typeof handleAll, maxDelay = maxRetryMs): RetryPolicy {
    return retry(policy, {
      maxAttempts: Number.MAX_SAFE_INTEGER,
      backoff: new ExponentialBackoff({
        generator: fullJitterGenerator,
        initialDelay: this.#options.retryMs ?? 500,
        maxDelay,
      }),
    }).dangerouslyUnref();
  }
}
