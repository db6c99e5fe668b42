import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseRecipient} from './recipient.ts';

describe('a recipient', () => {
  it.each([
    ['+41446681800', '+41446681800', '+41*******00', 'CH'],
    [' +41 44 668 18 00 ', '+41446681800', '+41*******00', 'CH'],
    ['+1 (212) 555-2368', '+12125552368', '+12*******68', 'US'],
    ['+1 416 555 2368', '+14165552368', '+14*******68', 'CA'],
    ['+870 773 111 632', '+870773111632', '+87********32', '+870'],
  ])('%s is the phone number %s, shown as %s, of %s', (to, address, masked, country) => {
    expect(parseRecipient(to)).toEqual({kind: 'phone', address, canonical: address, masked, country});
  });

  it.each([
    ['Ada.Lovelace@Example.COM', 'Ada.Lovelace@example.com', 'ada.lovelace@example.com', 'A***@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example', 'a***@xn--bcher-kva.example'],
    ['jürg@example.com', 'jürg@example.com', 'jürg@example.com', 'j***@example.com'],
    ['ju\u0308rg@example.com', 'jürg@example.com', 'jürg@example.com', 'j***@example.com'],
  ])('%s is the mail address %s, counted as %s, shown as %s', (to, address, canonical, masked) => {
    expect(parseRecipient(to)).toEqual({kind: 'email', address, canonical, masked});
  });

  it.each([
    '0446681800',
    '+41',
    '+999999999999',
    '+41 44 668 18 00; +1',
    'ada',
    'ada@',
    '@example.com',
    'ada@localhost',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'a b@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com,eve@example.com',
    '<ada@example.com>',
    'ada@exa_mple.com',
    'ada@-example.com',
    'ada..l@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a'.repeat(64)}.com`,
    `ada@${'a.'.repeat(130)}com`,
    'ada@example.com#x',
    'ada@example.com/x',
    'ada@example.com:25',
    'ada@exam\u202eple.com',
    '',
  ])('%j is nobody', (to) => {
    expect(parseRecipient(to)).toBeUndefined();
  });

  it('is counted the same in any case, and its mask never shows more than it should', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (to) => {
        const recipient = parseRecipient(to);
        if (recipient === undefined) return;
        expect(parseRecipient(to.toUpperCase())?.canonical).toBe(recipient.canonical);
        expect(recipient.masked.split('@')[0]).toHaveLength(4);
      }),
    );
  });

  it('is read in a time that does not explode with hostile input', () => {
    for (const to of [`+${'1 '.repeat(150)}`, `${'a.'.repeat(160)}@`, `${'a'.repeat(300)}@a`, `+41${'('.repeat(300)}`])
      expect(parseRecipient(to)).toBeUndefined();
  });
});
