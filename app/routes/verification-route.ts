import type {Metrics} from '../metrics.ts';
import type {UseCaseContext, VerificationView} from '../usecases/context.ts';

/** What the routes of verifications share. */
export interface VerificationRoutesOptions {
  readonly context: UseCaseContext;
  readonly metrics: Metrics;
}

export const documented = {tags: ['verifications'], security: [{apiKey: []}]};

/** The errors of every route, and of those that take a body. */
export const common = [
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'outcome_unknown',
  'store_unavailable',
] as const;
export const withBody = ['payload_too_large', 'unsupported_media_type'] as const;

/** Counts what becomes of verifications. */
export function counterOf({verifications}: Metrics) {
  return ({policy, snapshot}: VerificationView, event: string) =>
    verifications.inc({policy: policy.name, channel: snapshot.channel, event});
}
