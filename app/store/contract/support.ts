import type {Announcements, QueuedEvent} from '../../delivery/announcements.ts';
import type {Outbox, QueuedMessage} from '../../delivery/outbox.ts';
import type {DeliveryReports} from '../../delivery/reports.ts';
import type {BudgetTimings} from '../../domain/failure-budget.ts';
import type {Address, CheckOutcome, CreateOutcome, NewVerification, Resend, Store} from '../store.ts';

/** What the suite needs of a store. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  /** Moves the store's clock; or, where that is not the test's, all that is stored but queued messages into the past. */
  pass(ms: number): Promise<void>;
  /** More than passes by itself, during a test, on a clock that is not the test's. @default 0 */
  readonly slackMs?: number;
  /** A new address of the recipient with this name. */
  address(recipient: string): Address;
  /** Names a new rate limit. */
  limitTag(): string;
}

/** With what happens after a message was handed over. */
export interface AnnouncingStoreUnderTest extends StoreUnderTest {
  readonly announcements: Announcements & DeliveryReports;
  /** Announces what has expired, as the outbox does from time to time. */
  look(address: Address): Promise<void>;
}

export const minute = 60_000;

/** So long that none of these waits ends, on a real clock, before a test has it pass. */
export const testTimings: BudgetTimings = {
  waitFromFailure: 3,
  waitMs: minute,
  maxWaitMs: 2 * minute,
  roundWaitMs: 3 * minute,
  maxRoundWaitMs: 6 * minute,
  rememberMs: 60 * minute,
};
/** Waits that never come into play. */
export const noWaits: BudgetTimings = {...testTimings, waitFromFailure: 1000, roundWaitMs: 0};

export const right = {mac: 'R'.repeat(43)};
export const wrong = {mac: 'W'.repeat(43)};
export const renewed = {mac: 'N'.repeat(43)};
export const limits = {blockAfter: 100};

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
