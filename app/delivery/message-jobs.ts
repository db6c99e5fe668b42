import type {Logger} from 'pino';
import type {EncryptionKey} from '../domain/end-to-end.ts';
import type {Channel} from '../domain/policy.ts';
import type {ProviderChain} from './chain.ts';
import {type MessageAddress, messageIdOf} from './message.ts';
import type {DeadLetterReason, DeliveryResult, Outbox, QueuedMessage} from './outbox.ts';
import type {OutgoingMessage} from './provider.ts';
import type {Rendered} from './templates/render.ts';
import type {Job} from './worker.ts';

/** A message that can be written. */
type Opened = MessageAddress & {
  readonly code: string;
  readonly lifetimeSeconds: number;
  /** Names the policy, whose words it is written in. */
  readonly policyTag: number;
  /** The client's key, if it has one. */
  readonly encryptionKey?: EncryptionKey;
};

export interface MessageJobsOptions {
  readonly outbox: Pick<Outbox, 'isCurrent'>;
  readonly chain: ProviderChain;
  /** Opens a queued message; undefined if it cannot be read. */
  readonly open: (message: QueuedMessage) => Opened | undefined;
  readonly render: (message: Opened) => Rendered;
  readonly log: Logger;
  /** Counts messages that were given up. */
  readonly onDeadLetter?: (channel: Channel | 'unknown', reason: DeadLetterReason) => void;
}

const clockToleranceMs = 100;
/** What a message to a recipient that there is not says of who took it. */
const sandboxProvider = 'sandbox';

/** Has codes delivered: opens each message, writes it and hands it to the chain of its channel. */
export function messageJobs(options: MessageJobsOptions): (message: QueuedMessage) => Job {
  const {outbox, chain, open, log, onDeadLetter = () => {}} = options;
  const bury = (message: QueuedMessage, channel: Channel | 'unknown', result: DeliveryResult | undefined) => {
    if (result?.kind !== 'failed') return result;
    const {provider, reason} = result;
    // All that is kept of a dead letter: neither its code nor its recipient.
    log.warn({verificationId: message.address.id, channel, provider, reason}, 'message given up');
    onDeadLetter(channel, reason);
    return result;
  };
  return (message) => {
    const opened = open(message);
    if (opened === undefined)
      return {
        lot: 'unreadable',
        run: async () => bury(message, 'unknown', {kind: 'failed', reason: 'unreadable'}),
      };
    if (opened.sandbox === true)
      return {lot: opened.channel, run: async () => ({kind: 'sent', provider: sandboxProvider})};
    return {
      lot: opened.channel,
      run: async ({deadline, stopping}) => {
        const startedAt = performance.now();
        const sent = await chain.send(toOutgoing(message, opened, options), {
          // While the store is out of reach nobody knows: the message is rather sent than not.
          isCurrent: () => outbox.isCurrent(message).catch(() => true),
          deadline,
          stopping,
          ...(message.avoid === undefined ? {} : {avoid: message.avoid}),
        });
        // The store's clock may see the end a moment before this one: it is an end by time all the same, and is noted.
        const isOver = performance.now() - startedAt > message.remainingMs - clockToleranceMs;
        const result = sent?.kind === 'obsolete' && isOver ? ({kind: 'failed', reason: 'expired'} as const) : sent;
        return bury(message, opened.channel, result);
      },
    };
  };
}

function toOutgoing(message: QueuedMessage, opened: Opened, {render}: MessageJobsOptions): OutgoingMessage {
  const {address, resends} = message;
  const {channel, to, code, encryptionKey} = opened;
  return {
    verificationId: address.id,
    messageId: messageIdOf(address, resends),
    resends,
    channel,
    to,
    code,
    ...(encryptionKey === undefined ? {} : {sealFor: encryptionKey}),
    ...render(opened),
  };
}
