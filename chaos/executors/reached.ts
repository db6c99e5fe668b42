import type {ReceivedMessage} from '../lab/message-sink.ts';
import type {PolicyName} from '../workload/policies.ts';

export const executorNames = ['processes', 'kubernetes'] as const;
/** Where a scenario runs: processes on this machine, or pods of a cluster. */
export type ExecutorName = (typeof executorNames)[number];

/** What the service offers to the users of a run. */
export interface Offer {
  readonly channel: string;
  policyOf(name: PolicyName): string;
  recipientOf(user: string): string;
}

/** What the users of a run get from outside of the service. */
export interface Messages {
  /** The newest message of a verification; undefined where none has come (yet). */
  newestOf(verificationId: string): ReceivedMessage | undefined;
}

/** What a look at all instances showed; those that do not answer are left out. */
export interface Sighting {
  readonly answering: number;
  /** How many of them serve from memory. */
  readonly inFallback: number;
}

/** A service with its store, made or found for one run. */
export interface Reached {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly offer: Offer;
  readonly messages: Messages;
  look(): Promise<Sighting>;
}
