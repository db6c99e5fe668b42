import type {Announcements, QueuedEvent} from '../../delivery/announcements.ts';
import type {Outbox, QueuedMessage} from '../../delivery/outbox.ts';
import type {DeliveryReports} from '../../delivery/reports.ts';
import type {BudgetTimings} from '../../domain/failure-budget.ts';
import type {Address, CheckOutcome, CreateOutcome, NewVerification, Resend, Store} from '../store.ts';

/** What the suite needs of a store. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  /** Resolves when the store's clock has gone on by at least `ms`. */
  pass(ms: number): Promise<void>;
  /**
   * Moves the clock by far more than a test can wait; or, where the clock is not the test's, all that was stored into the
   * past. `slackMs`: more than passes on that clock meanwhile. @default `pass`, to the millisecond
   */
  readonly leap?: {readonly slackMs: number; by(ms: number): Promise<void>};
  /** A new address of the recipient with this name. */
  address(recipient: string): Address;
}

/** With what happens after a message was handed over. */
export interface AnnouncingStoreUnderTest extends StoreUnderTest {
  readonly announcements: Announcements & DeliveryReports;
  /** Announces what has expired, as the outbox does from time to time. */
  look(address: Address): Promise<void>;
}

/** Waits that a store with a real clock can be tested with. */
export const testTimings: BudgetTimings = {
  waitFromFailure: 3,
  waitMs: 80,
  maxWaitMs: 160,
  roundWaitMs: 300,
  maxRoundWaitMs: 600,
  rememberMs: 60_000,
};
/** Waits that never come into play. */
export const noWaits: BudgetTimings = {...testTimings, waitFromFailure: 1000, roundWaitMs: 0};

export const right = {mac: 'R'.repeat(43)};
export const wrong = {mac: 'W'.repeat(43)};
export const renewed = {mac: 'N'.repeat(43)};
export const limits = {blockAfter: 100};
export const minute = 60_000;

export const verification = (changes: Partial<NewVerification> = {}): NewVerification => ({
  ...right,
  sealedCode: 'sealed-code',
  sealedAddress: 'sealed-address',
  channel: 'email',
  maskedTo: 'a***@example.com',
  lifetimeMs: 5 * minute,
  maxAttempts: 5,
  maxPending: 2,
  resendIntervalMs: 0,
  deliver: true,
  keepCode: false,
  rateLimits: [],
  ...changes,
});
export const code = (changes: Partial<Resend> = {}): Resend => ({
  ...renewed,
  sealedCode: 'sealed-new',
  same: false,
  lifetimeMs: 5 * minute,
  resendIntervalMs: 0,
  maxResends: 3,
  ...changes,
});

export const times = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({length: count}, (_, index) => run(index)));
export const countOf = (outcomes: readonly CheckOutcome[], kind: CheckOutcome['kind']) =>
  outcomes.filter((outcome) => outcome.kind === kind).length;

export function snapshotOf(outcome: CreateOutcome | CheckOutcome) {
  if (!('snapshot' in outcome)) throw new Error(`no snapshot in ${outcome.kind}`);
  return outcome.snapshot;
}

export async function receiveAll(outbox: Outbox): Promise<QueuedMessage[]> {
  const all: QueuedMessage[] = [];
  for (;;) {
    const some = await outbox.receive(50);
    if (some.length === 0) return all;
    all.push(...some.flatMap((entry) => ('event' in entry ? [] : [entry])));
  }
}

export async function receiveEvents(outbox: Outbox): Promise<QueuedEvent[]> {
  const all: QueuedEvent[] = [];
  for (;;) {
    const some = await outbox.receive(50);
    if (some.length === 0) return all;
    all.push(...some.flatMap((entry) => ('event' in entry ? [entry] : [])));
  }
}

export type OpenStore = (timings: BudgetTimings) => StoreUnderTest;
export type OpenAnnouncingStore = (timings: BudgetTimings) => AnnouncingStoreUnderTest;
