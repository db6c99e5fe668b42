import {type CodeFormat, codeSpace} from './code.ts';
import type {Limit} from './limit.ts';

/**
 * How a code gets to the person. `webhook`: a server of the operator's gets it and delivers it. `direct`: the caller gets it
 * in the answer and delivers it itself.
 */
export const channels = ['sms', 'email', 'voice', 'whatsapp', 'webhook', 'direct'] as const;
export type Channel = (typeof channels)[number];

/** A named set of rules, one per purpose of a code. */
export interface Policy extends CodeFormat {
  readonly name: string;
  /** How long a code is valid, counted from its creation or its resend. */
  readonly lifetimeSeconds: number;
  /** Wrong checks after which a code is locked; also the size of a round of the failure budget. */
  readonly maxAttempts: number;
  /** Consecutive failures of a recipient, over all its codes, after which only `unlock` helps. */
  readonly blockAfter: number;
  /** Codes of one recipient that may be live side by side; one more supersedes the oldest. */
  readonly maxPending: number;
  /** The shortest time between two messages to one recipient. */
  readonly resendIntervalSeconds: number;
  /** Resends of one verification. */
  readonly maxResends: number;
  /** Whether a resend sends a new code, or the same one again, which is then kept (sealed) until the end. */
  readonly resend: 'new' | 'same';
  readonly limits: {
    /** All creations under the policy. */
    readonly policy?: Limit;
    /** Creations for one recipient; aliases of one mailbox count as one. */
    readonly recipient?: Limit;
  };
  /** In order of preference; the first that suits the recipient is the default. */
  readonly channels: readonly Channel[];
  /** The answer to a creation over `direct` holds the code in the clear; otherwise only one that is sealed for the client. */
  readonly returnCode: boolean;
  /** Names that the binding of every creation has to have. */
  readonly requiredBinding: readonly string[];
  /** How long the receipt of an approval is valid; none without it. */
  readonly receiptSeconds?: number;
  /** Keeps codes good when another server of the store has taken over that may lack what was done last. */
  readonly survivesFailover: boolean;
  /** Accepts fewer than the six digits, or more than the ten minutes, that NIST asks for. */
  readonly belowNist: boolean;
}

/** The highest chance that a guesser may have against one recipient before the failure budget blocks it. */
const acceptableChance = 1 / 1000;
const nistMinSpace = 1e6;
const nistMaxLifetimeSeconds = 600;
const secondsPerDay = 86_400;

/**
 * Why a policy may not be used, in sentences for the operator; empty if it may.
 * Sources: NIST SP 800-63B-4 §3.1.3.2 (six digits, ten minutes) and §3.2.2 (at most 100 consecutive failures).
 */
export function policyProblems(policy: Policy): string[] {
  const problems: string[] = [];
  const space = codeSpace(policy);
  if (!policy.belowNist && space < nistMinSpace) {
    problems.push(
      `codeLength ${policy.codeLength} of ${policy.alphabet} gives ${space} codes, fewer than the ${nistMinSpace} of six digits; use more symbols or say belowNist: true`,
    );
  }
  if (!policy.belowNist && policy.lifetimeSeconds > nistMaxLifetimeSeconds) {
    problems.push(
      `lifetimeSeconds ${policy.lifetimeSeconds} is longer than ${nistMaxLifetimeSeconds}; shorten it or say belowNist: true`,
    );
  }
  const codesPerDay = Math.ceil(secondsPerDay / policy.lifetimeSeconds);
  const guesses = Math.min(policy.blockAfter, policy.maxAttempts * codesPerDay);
  if (guesses / space > acceptableChance) {
    problems.push(
      `a guesser has min(blockAfter ${policy.blockAfter}, maxAttempts ${policy.maxAttempts} × ${codesPerDay} codes of ${policy.lifetimeSeconds} s a day) = ${guesses} guesses at ${space} codes, ` +
        `a chance of 1 in ${Math.floor(space / guesses)}, worse than 1 in ${1 / acceptableChance}; use more symbols or a lower blockAfter`,
    );
  }
  if (policy.blockAfter < policy.maxAttempts) {
    problems.push(
      `blockAfter ${policy.blockAfter} is less than maxAttempts ${policy.maxAttempts}: nobody could use all attempts`,
    );
  }
  return problems;
}
