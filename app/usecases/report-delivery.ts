import type {Announcements} from '../delivery/announcements.ts';
import type {DeliveryReport, DeliveryReports, ReportOutcome} from '../delivery/reports.ts';
import type {Keyring} from '../domain/keyring.ts';
import {parseId} from '../domain/verification-id.ts';
import {addressOf} from './context.ts';

export interface ReportContext {
  readonly keyring: Keyring;
  readonly reports: DeliveryReports;
  readonly announcements: Announcements;
}

/** `key_unknown`: this process does not have the key that the id names: another release, or a half-done rotation. */
export type ReportResult = ReportOutcome | 'key_unknown';

/** Names the message that a provider reports of: the verification, and how many resends there had been. */
export function callbackReference(verificationId: string, resends: number): string {
  return `${verificationId}.${resends}`;
}

/** Notes what a provider tells of the message that `reference` names. */
export async function reportDelivery(
  {keyring, reports, announcements}: ReportContext,
  reference: string,
  report: Omit<DeliveryReport, 'resends'>,
): Promise<ReportResult> {
  const [, id = '', resends = ''] = /^(.+)\.(\d{1,3})$/.exec(reference) ?? [];
  const parsed = parseId(keyring, id);
  if (parsed.kind === 'unknown_key') return 'key_unknown';
  if (parsed.kind === 'invalid') return 'not_found';
  const address = addressOf(parsed.ref);
  const outcome = await reports.report(address, {...report, resends: Number(resends)});
  if (outcome === 'noted' && report.status === 'failed') void announcements.announce(address).catch(() => {});
  return outcome;
}
