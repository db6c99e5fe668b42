import {describe, expect, it} from 'vitest';
import {segmentsOf} from './sms-segments.ts';

describe('an SMS', () => {
  it.each([
    ['160 characters', 'a'.repeat(160), 'GSM-7', 1],
    ['161 characters', 'a'.repeat(161), 'GSM-7', 2],
    ['306 characters', 'a'.repeat(306), 'GSM-7', 2],
    ['307 characters', 'a'.repeat(307), 'GSM-7', 3],
    ['80 characters of the extension table', '€'.repeat(80), 'GSM-7', 1],
    ['81 characters of the extension table', '€'.repeat(81), 'GSM-7', 2],
    // 152 + an escaped character, which no two segments share: it begins the second one.
    ['305 characters and an escaped one on the seam', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 3],
    ['letters of GSM-7', 'äöüßÄÖÜñÑàèéùìòÇΔΩ@$_\n', 'GSM-7', 1],
    ['a letter that GSM-7 lacks', 'ç', 'UCS-2', 1],
    ['70 characters in UCS-2', 'ş'.repeat(70), 'UCS-2', 1],
    ['71 characters in UCS-2', 'ş'.repeat(71), 'UCS-2', 2],
    ['134 characters in UCS-2', 'ş'.repeat(134), 'UCS-2', 2],
    ['135 characters in UCS-2', 'ş'.repeat(135), 'UCS-2', 3],
    ['35 pairs of UCS-2', '😀'.repeat(35), 'UCS-2', 1],
    ['36 pairs of UCS-2', '😀'.repeat(36), 'UCS-2', 2],
  ])('of %s is counted', (_what, text, encoding, count) => {
    expect(segmentsOf(text)).toMatchObject({encoding, count});
  });

  it('names the characters that GSM-7 lacks', () => expect(segmentsOf('a–b–c ę').notGsm).toEqual(['–', 'ę']));
});
