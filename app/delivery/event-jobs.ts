import {setTimeout as delay} from 'node:timers/promises';
import type {Logger} from 'pino';
import {backoffMs} from '../domain/backoff.ts';
import type {ReadOutcome} from '../store/store.ts';
import type {QueuedEvent, VerificationEvent} from './announcements.ts';
import type {HttpClient, HttpResult} from './http/client.ts';
import {messageIdOf} from './message.ts';
import {signedHeaders} from './standard-webhooks.ts';
import type {Job} from './worker.ts';

/** Where a client hears of its verifications. */
export interface EventEndpoint {
  readonly url: string;
  readonly secrets: readonly Buffer[];
  readonly types: readonly VerificationEvent[];
}

/** Who is told, and by what the verification is called. */
export interface EventRecipient {
  readonly client: string;
  readonly policy: string;
  readonly endpoint: EventEndpoint;
  readonly http: HttpClient;
}

/** What became of an event. `retried` counts attempts that will be repeated. */
type EventResult = 'delivered' | 'retried' | 'dropped';

export interface EventJobsOptions {
  /** Who is told of a verification; undefined if nobody is any more. */
  readonly recipientOf: (id: string) => EventRecipient | undefined;
  readonly read: (address: QueuedEvent['address']) => Promise<ReadOutcome>;
  readonly log: Logger;
  readonly onEvent?: (event: VerificationEvent, result: EventResult) => void;
  /** The window of the first wait before another attempt; it doubles up to a minute. @default 1000 */
  readonly retryMs?: number;
}

const maxRetryMs = 60_000;
const gone = 410;

/** Tells clients of the ends of their verifications: signed, again and again until they say 2xx, for an hour at most. */
export function eventJobs(options: EventJobsOptions): (event: QueuedEvent) => Job {
  const {recipientOf, log, onEvent = () => {}} = options;
  return (event) => {
    const recipient = recipientOf(event.address.id);
    const drop = (reason: string) => {
      onEvent(event.event, 'dropped');
      log.warn({verificationId: event.address.id, event: event.event, reason}, 'event given up');
      return {kind: 'obsolete'} as const;
    };
    if (recipient === undefined || !recipient.endpoint.types.includes(event.event))
      return {lot: 'events', run: async () => ({kind: 'obsolete'})};
    return {
      // Of its own for each client: an endpoint that is down holds up nobody else.
      lot: `events ${recipient.client}`,
      overflow: () => drop('too many wait'),
      async run({deadline, stopping}) {
        const stop = AbortSignal.any([deadline, stopping]);
        for (let attempt = 0; !stop.aborted; attempt++) {
          const result = await tell(event, recipient, options, deadline);
          if (result === 'nothing') return {kind: 'obsolete'};
          if (result !== 'store' && result.kind === 'answered') {
            if (result.status >= 200 && result.status < 300) {
              onEvent(event.event, 'delivered');
              return {kind: 'obsolete'};
            }
            if (result.status === gone) return drop('the endpoint is gone');
          }
          onEvent(event.event, 'retried');
          const waitMs = backoffMs(attempt, {firstMs: options.retryMs ?? 1000, maxMs: maxRetryMs});
          await delay(waitMs, undefined, {signal: stop}).catch(() => {});
        }
        return deadline.aborted ? drop('its time is over') : undefined;
      },
    };
  };
}

async function tell(
  {address, event}: QueuedEvent,
  {policy, endpoint, http}: EventRecipient,
  {read}: EventJobsOptions,
  signal: AbortSignal,
): Promise<HttpResult | 'nothing' | 'store'> {
  const outcome = await read(address).catch(() => undefined);
  if (outcome === undefined) return 'store';
  if (outcome.kind === 'not_found') return 'nothing';
  const {channel, to, reference, createdAt, expiresAt, delivery} = outcome.snapshot;
  const now = Date.now();
  const body = JSON.stringify({
    type: `verification.${event}`,
    timestamp: new Date(now).toISOString(),
    data: {
      id: address.id,
      status: event,
      policy,
      channel,
      to,
      ...(reference === undefined ? {} : {reference}),
      createdAt: new Date(createdAt).toISOString(),
      expiresAt: new Date(expiresAt).toISOString(),
      delivery: {...delivery, updatedAt: new Date(delivery.updatedAt).toISOString()},
    },
  });
  // The same for every attempt, so that the far side may tell a repetition.
  const headers = signedHeaders(endpoint.secrets, {id: `${messageIdOf(address, 0)}.${event}`, body, now});
  return http.send({method: 'POST', url: new URL(endpoint.url), headers, body}, signal);
}
