import type {Address} from '../store/store.ts';

/** What a provider tells of a message after it has taken it. */
export interface DeliveryReport {
  readonly provider: string;
  /** Resends that had been made when the message was queued. */
  readonly resends: number;
  readonly status: 'delivered' | 'failed';
}

export type ReportOutcome =
  | 'noted'
  /** A resend has replaced the message, another provider took it, or it was told before. */
  | 'ignored'
  /** The message is still in the hands of a worker: the same report has to come again. */
  | 'early'
  | 'not_found';

/** Notes what providers tell. Rejects with `StoreError`. */
export interface DeliveryReports {
  report(address: Address, report: DeliveryReport): Promise<ReportOutcome>;
}
