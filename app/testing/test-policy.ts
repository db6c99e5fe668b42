import type {Policy} from '../domain/policy.ts';

/** A policy like the development one, with changes. */
export function testPolicy(name: string, changes: Partial<Policy> = {}): Policy {
  return {
    name,
    codeLength: 6,
    alphabet: 'digits',
    lifetimeSeconds: 300,
    maxAttempts: 5,
    blockAfter: 100,
    maxPending: 2,
    resendIntervalSeconds: 30,
    maxResends: 3,
    resend: 'new',
    returnCode: false,
    requiredBinding: [],
    limits: {},
    channels: ['sms', 'email'],
    survivesFailover: false,
    belowNist: false,
    ...changes,
  };
}
