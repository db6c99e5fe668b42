import {randomInt} from 'node:crypto';

/** The symbols that a code may use. Alphanumeric codes leave out the look-alikes 0 O 1 I L. */
export const alphabets = {
  digits: '0123456789',
  alphanumeric: '23456789ABCDEFGHJKMNPQRSTUVWXYZ',
} as const;

export type AlphabetName = keyof typeof alphabets;

/** How a code of a policy is built. */
export interface CodeFormat {
  /** Symbols, 4 to 12. */
  readonly codeLength: number;
  readonly alphabet: AlphabetName;
}

/** A fresh code, each symbol drawn without bias from the operating system's generator (ASVS 5 V6.5.3). */
export function generateCode({codeLength, alphabet}: CodeFormat): string {
  const symbols = alphabets[alphabet];
  let code = '';
  for (let i = 0; i < codeLength; i++) code += symbols[randomInt(symbols.length)];
  return code;
}

/** How many different codes a format has. */
export function codeSpace({codeLength, alphabet}: CodeFormat): number {
  return alphabets[alphabet].length ** codeLength;
}

/**
 * What a person typed or copied, as the code would be written: no spaces or dashes, none of the marks that keep it in
 * order in a text that runs from right to left, and letters in capitals.
 */
export function normaliseCode(typed: string): string {
  return typed.replace(/[\s\p{Pd}\p{Cf}]/gu, '').toUpperCase();
}
