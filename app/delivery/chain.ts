import {setTimeout as delay} from 'node:timers/promises';
import type {Logger} from 'pino';
import {backoffMs} from '../domain/backoff.ts';
import type {Channel} from '../domain/policy.ts';
import {Lane} from './lane.ts';
import type {DeliveryResult} from './outbox.ts';
import type {OutgoingMessage, Provider, SendResult} from './provider.ts';

export interface ChainOptions {
  /** The providers of a channel, in order of preference. */
  readonly providersOf: (channel: Channel) => readonly Provider[];
  readonly log: Logger;
  /** Counts what became of each attempt. */
  readonly onSend?: (provider: string, result: SendResult['kind']) => void;
  /** Hears when a provider is left alone, and when it is asked again. */
  readonly onBreaker?: (provider: string, open: boolean) => void;
  /** Where a provider may tell what became of a message. @default nowhere */
  readonly callbackUrl?: (provider: string, message: OutgoingMessage) => string | undefined;
  /** The window of the first wait before another attempt; it doubles up to 15 s. @default 500 */
  readonly retryMs?: number;
}

export interface Sending {
  /** Whether the code can still be used; asked anew before each attempt. */
  readonly isCurrent: () => Promise<boolean>;
  /** A provider to ask last: an earlier message of this verification went to it and did not help. */
  readonly avoid?: string;
  /** Gives up when the code has expired. */
  readonly deadline: AbortSignal;
  /** Gives up when the worker stops; somebody else goes on. */
  readonly stopping: AbortSignal;
}

const maxRetryMs = 15_000;
const maxRemembered = 10_000;

/**
 * Hands messages to the providers of their channel: to the first that works, again and again, until one takes it, all
 * refuse it or its code is of no use. What is known of a provider is shared by all messages.
 */
export class ProviderChain {
  readonly #options: ChainOptions;
  readonly #retryMs: number;
  readonly #lanes = new WeakMap<Provider, Lane>();
  /** The provider that failed last for a verification, while that is of use; the oldest are forgotten. */
  readonly #failed = new Map<string, string>();

  constructor(options: ChainOptions) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? 500;
  }

  /** What became of the message; undefined if the worker was stopped before that was known. */
  async send(message: OutgoingMessage, sending: Sending): Promise<DeliveryResult | undefined> {
    const {deadline, stopping, avoid = this.#failed.get(message.verificationId)} = sending;
    const lanes = this.#lanesOf(message.channel, avoid);
    if (lanes.length === 0) return {kind: 'failed', reason: 'no_provider'};
    const stop = AbortSignal.any([deadline, stopping]);
    const refusing = new Set<Lane>();
    let last: string | undefined;
    for (let rounds = 0; !stop.aborted; ) {
      let asked = false;
      for (const lane of lanes) {
        if (refusing.has(lane) || stop.aborted) continue;
        const {name} = lane.provider;
        const result = await lane.send(this.#addressed(message, name), deadline, sending.isCurrent);
        if (result.kind === 'unavailable') continue;
        if (result.kind === 'obsolete') return result;
        asked = true;
        this.#options.onSend?.(name, result.kind);
        last = name;
        if (result.kind === 'accepted') return this.#accepted(message, name);
        this.#noteFailure(message, name, result);
        if (result.kind === 'refused') refusing.add(lane);
      }
      if (refusing.size === lanes.length) return {kind: 'failed', reason: 'refused', ...named(last)};
      if (asked) rounds++;
      await this.#pause(
        rounds,
        lanes.filter((lane) => !refusing.has(lane)),
        stop,
      );
    }
    return deadline.aborted ? {kind: 'failed', reason: 'expired', ...named(last)} : undefined;
  }

  #addressed(message: OutgoingMessage, provider: string): OutgoingMessage {
    const callbackUrl = this.#options.callbackUrl?.(provider, message);
    return callbackUrl === undefined ? message : {...message, callbackUrl};
  }

  #accepted({verificationId}: OutgoingMessage, provider: string): DeliveryResult {
    this.#failed.delete(verificationId);
    return {kind: 'sent', provider};
  }

  #noteFailure(
    {verificationId}: OutgoingMessage,
    provider: string,
    {kind, reason}: Exclude<SendResult, {kind: 'accepted'}>,
  ): void {
    this.#options.log.warn({verificationId, provider, result: kind, reason}, 'provider did not take a message');
    this.#failed.delete(verificationId);
    this.#failed.set(verificationId, provider);
    const [oldest] = this.#failed.keys();
    if (this.#failed.size > maxRemembered && oldest !== undefined) this.#failed.delete(oldest);
  }

  #lanesOf(channel: Channel, avoid: string | undefined): Lane[] {
    const lanes = this.#options.providersOf(channel).map((provider) => {
      const {onBreaker = () => {}} = this.#options;
      const lane = this.#lanes.get(provider) ?? new Lane(provider, (open) => onBreaker(provider.name, open));
      this.#lanes.set(provider, lane);
      return lane;
    });
    return [
      ...lanes.filter(({provider}) => provider.name !== avoid),
      ...lanes.filter(({provider}) => provider.name === avoid),
    ];
  }

  /** Full jitter; longer where every provider that is left has asked for a longer pause. */
  async #pause(rounds: number, lanes: readonly Lane[], signal: AbortSignal): Promise<void> {
    const jitterMs = backoffMs(rounds - 1, {firstMs: this.#retryMs, maxMs: maxRetryMs});
    const asked = Math.min(...lanes.map(({pauseMs}) => pauseMs));
    // An abort ends the pause; whoever pauses looks at the signal.
    await delay(Math.max(jitterMs, asked), undefined, {signal}).catch(() => {});
  }
}

function named(provider: string | undefined): {readonly provider?: string} {
  return provider === undefined ? {} : {provider};
}
