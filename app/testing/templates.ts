import type {PolicyTexts} from '../delivery/templates/templates.ts';

/** What messages of a policy are written from, with changes. */
export function policyTexts(changes: Partial<PolicyTexts> = {}): PolicyTexts {
  return {
    name: 'login',
    tag: 1,
    channels: ['sms', 'email', 'voice', 'whatsapp'],
    codeLength: 6,
    alphabet: 'digits',
    lifetimeSeconds: 300,
    locale: 'en',
    requiredBinding: [],
    own: {},
    ...changes,
  };
}
