import type {Status} from '../../domain/verification.ts';

/** The rules of a store in the fewest words, without time: what both stores are compared with. */

export const modelLimits = {maxAttempts: 3, blockAfter: 8, maxPending: 2, maxResends: 2} as const;

interface Verification {
  readonly recipient: Recipient;
  status: Extract<Status, 'pending' | 'approved' | 'locked' | 'canceled' | 'superseded'> | 'erased';
  failed: number;
  resends: number;
}

interface Recipient {
  failures: number;
  live: Verification[];
}

export class ReferenceModel {
  readonly #recipients = new Map<string, Recipient>();
  readonly #verifications: Verification[] = [];

  create(name: string): string {
    const recipient = this.#recipient(name);
    if (isBlocked(recipient)) return 'recipient_locked';
    const verification: Verification = {recipient, status: 'pending', failed: 0, resends: 0};
    this.#verifications.push(verification);
    recipient.live.push(verification);
    if (recipient.live.length > modelLimits.maxPending) end(recipient.live[0], 'superseded');
    return 'created';
  }

  check(index: number, right: boolean): string {
    return this.#onPending(index, (verification) => {
      const {recipient} = verification;
      if (right) {
        recipient.failures = 0;
        end(verification, 'approved');
        return 'approved';
      }
      recipient.failures++;
      verification.failed++;
      const {maxAttempts} = modelLimits;
      if (recipient.failures % maxAttempts === 0 || isBlocked(recipient) || verification.failed === maxAttempts)
        end(verification, 'locked');
      return 'incorrect';
    });
  }

  resend(index: number): string {
    return this.#onPending(index, (verification) => {
      if (verification.resends === modelLimits.maxResends) return 'limit_reached';
      verification.resends++;
      return 'resent';
    });
  }

  cancel(index: number): string {
    if (this.#verifications[index]?.status === 'canceled') return 'canceled';
    return this.#onPending(index, (verification) => {
      end(verification, 'canceled');
      return 'canceled';
    });
  }

  unlock(name: string): void {
    this.#recipient(name).failures = 0;
  }

  erase(name: string): void {
    const recipient = this.#recipient(name);
    for (const verification of this.#verifications)
      if (verification.recipient === recipient) verification.status = 'erased';
    recipient.live = [];
  }

  /** What a read tells; undefined if it finds nothing. */
  read(index: number): {status: Status; failedChecks: number; resends: number; failures: number} | undefined {
    const verification = this.#verifications[index];
    if (verification === undefined || verification.status === 'erased') return undefined;
    const {recipient, status, failed, resends} = verification;
    return {
      status: status === 'pending' && isBlocked(recipient) ? 'locked' : status,
      failedChecks: failed,
      resends,
      failures: recipient.failures,
    };
  }

  #onPending(index: number, run: (verification: Verification) => string): string {
    const verification = this.#verifications[index];
    if (verification === undefined || verification.status === 'erased') return 'not_found';
    return verification.status === 'pending' && !isBlocked(verification.recipient) ? run(verification) : 'final';
  }

  #recipient(name: string): Recipient {
    const recipient = this.#recipients.get(name) ?? {failures: 0, live: []};
    this.#recipients.set(name, recipient);
    return recipient;
  }
}

function isBlocked({failures}: Recipient): boolean {
  return failures >= modelLimits.blockAfter;
}

function end(verification: Verification | undefined, status: Verification['status']): void {
  if (verification === undefined) return;
  verification.status = status;
  const {recipient} = verification;
  recipient.live = recipient.live.filter((other) => other !== verification);
}
