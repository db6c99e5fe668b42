import {describe, expect, it} from 'vitest';
import {policyTexts} from '../../testing/templates.ts';
import {createTemplates, type PolicyTexts} from './templates.ts';
import {warningsOf} from './warnings.ts';

const warnings = (changes: Partial<PolicyTexts>) => warningsOf(createTemplates([policyTexts(changes)], []));

describe('the warnings about templates', () => {
  it('are none for what the service says by itself, with a short brand', async () => {
    expect(await warnings({})).toEqual([]);
    expect(await warnings({brand: 'ACME'})).toEqual([]);
  });

  it('name a text that GSM-7 cannot write, with the characters, and one that takes several segments', async () => {
    const [ucs2, long, ...more] = await warnings({
      own: {sms: {fr: '{code} : voilà – ça', de: `{code} ${'x'.repeat(154)}`, en: '{code}'}},
    });
    expect(ucs2).toBe(
      'templates.login.sms.de: "123456 '.concat(
        'x'.repeat(154),
        '" takes 2 segments, each paid for by itself, in GSM-7',
      ),
    );
    expect(long).toBe(
      'templates.login.sms.fr: "123456 : voilà – ça" takes one segment in UCS-2, of 70 characters instead of 160, for the sake of – ç',
    );
    expect(more).toEqual([]);
  });

  it('count the brand and the last line for browsers', async () => {
    expect((await warnings({brand: 'B'.repeat(64), webOtpHost: `${'h'.repeat(40)}.example.com`})).join('\n')).toContain(
      'templates.login.sms.de: ',
    );
  });

  it('names the texts that do not show what the code is bound to', async () => {
    const [first, second] = await warnings({
      channels: ['sms'],
      requiredBinding: ['amount', 'payee'],
      own: {sms: {en: '{code}: {binding.amount} to {binding.payee}', de: '{code}: {binding.amount}'}},
    });
    expect(first).toBe(
      'templates.login.sms: fr, es, it, pt, nl, pl, ar, he without {binding.amount}, which the code is bound to',
    );
    expect(second).toContain('templates.login.sms: de, fr');
  });
});
