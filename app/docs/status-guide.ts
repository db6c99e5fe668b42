import type {Status} from '../domain/verification.ts';

/** What each status means to a caller, in Markdown. */
export const statusGuide: Readonly<Record<Status, string>> = {
  pending: 'A code is valid and can be checked.',
  approved: 'The right code was presented. It is accepted once.',
  expired: 'Its time is over.',
  locked: 'Wrong codes have used up the attempts.',
  canceled: 'The caller has canceled it.',
  superseded: 'A newer code of the same recipient has taken its place.',
  undeliverable: 'No provider took the message.',
  lost: 'The store has lost it. An answer never shows this status: it is the error `verification_lost`.',
};
