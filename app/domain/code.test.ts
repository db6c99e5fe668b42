import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {alphabets, codeSpace, generateCode, normaliseCode} from './code.ts';

const formats = fc.record({
  codeLength: fc.integer({min: 4, max: 12}),
  alphabet: fc.constantFrom('digits' as const, 'alphanumeric' as const),
});

describe('a code', () => {
  it('has the length and the symbols of its format', () => {
    fc.assert(
      fc.property(formats, (format) => {
        const code = generateCode(format);
        expect(code).toHaveLength(format.codeLength);
        for (const symbol of code) expect(alphabets[format.alphabet]).toContain(symbol);
      }),
    );
  });

  it('uses every symbol at every place equally often (chi-square)', () => {
    // So many that a byte modulo 10 would be found out.
    const draws = 200_000;
    const counts = Array.from({length: 6}, () => new Array<number>(10).fill(0));
    for (let i = 0; i < draws; i++)
      for (const [place, symbol] of [...generateCode({codeLength: 6, alphabet: 'digits'})].entries()) {
        const row = counts[place];
        if (row !== undefined) row[Number(symbol)] = (row[Number(symbol)] ?? 0) + 1;
      }
    const expected = draws / 10;
    for (const row of counts) {
      const chiSquare = row.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 9 degrees of freedom: by chance more in one of 4,000,000,000 runs.
      expect(chiSquare).toBeLessThan(68);
    }
  });

  it('may keep a leading zero', () => {
    const codes = Array.from({length: 500}, () => generateCode({codeLength: 6, alphabet: 'digits'}));
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  });

  it('leaves out the look-alikes in its letters', () => {
    for (const symbol of '0O1IL') expect(alphabets.alphanumeric).not.toContain(symbol);
  });

  it('is the same however a person writes it, or copies it out of a text that runs from right to left', () => {
    fc.assert(
      fc.property(
        formats,
        fc.array(fc.constantFrom(' ', '-', '–', '\u00a0', '\t', '\u2066', '\u2069', '\u200f', '')),
        (format, gaps) => {
          const code = generateCode(format);
          const typed = [...code.toLowerCase()].map((symbol, i) => `${symbol}${gaps[i] ?? ''}`).join('');
          expect(normaliseCode(typed)).toBe(code);
        },
      ),
    );
  });

  it('comes from as many as its format allows', () => {
    expect(codeSpace({codeLength: 6, alphabet: 'digits'})).toBe(1_000_000);
    expect(codeSpace({codeLength: 4, alphabet: 'alphanumeric'})).toBe(31 ** 4);
  });
});
