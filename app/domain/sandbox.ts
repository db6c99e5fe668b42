import {alphabets, type CodeFormat} from './code.ts';
import type {Limit} from './limit.ts';
import {parseRecipient, type Recipient} from './recipient.ts';

/**
 * Recipients that there are not: their messages go to nobody and their codes are known beforehand, for the tests of
 * callers. Only the clients that the configuration names may use them; whoever else asks for one gets what anybody gets.
 */
export interface Sandbox {
  /** Codes of further recipients, by their canonical address. */
  readonly codes: ReadonlyMap<string, string>;
  /** Of all sandbox recipients of one client together, instead of the limits of real traffic. */
  readonly limit: Limit;
}

/** +999 is assigned to nobody (ITU-T E.164), and `.invalid` never will be (RFC 2606). */
const reservedNumber = /^\+999\d{4,12}$/;
const reservedDomain = '@sandbox.invalid';

/** A sandbox recipient, with its code under a policy; undefined for one that is real. */
export function sandboxRecipient(sandbox: Sandbox | undefined, to: string, format: CodeFormat): Recipient | undefined {
  if (sandbox === undefined) return undefined;
  const number = to.replace(/[\s().-]/g, '');
  if (reservedNumber.test(number))
    return {
      kind: 'phone',
      address: number,
      canonical: number,
      masked: `${number.slice(0, 4)}${'*'.repeat(number.length - 6)}${number.slice(-2)}`,
      sandboxCode: reservedCode(format),
    };
  const recipient = parseRecipient(to);
  if (recipient === undefined) return undefined;
  const code =
    sandbox.codes.get(recipient.canonical) ??
    (recipient.canonical.endsWith(reservedDomain) ? reservedCode(format) : undefined);
  return code === undefined ? undefined : {...recipient, sandboxCode: code};
}

/** The code of the reserved range: the second symbol of the alphabet and those that follow, so `123456` of digits. */
function reservedCode({codeLength, alphabet}: CodeFormat): string {
  const symbols = alphabets[alphabet];
  return Array.from({length: codeLength}, (_, index) => symbols[(index + 1) % symbols.length]).join('');
}

/** Why a code cannot be the fixed one of a recipient under a policy; undefined if it can. */
export function sandboxCodeProblem(code: string, {codeLength, alphabet}: CodeFormat): string | undefined {
  return code.length === codeLength && [...code].every((symbol) => alphabets[alphabet].includes(symbol))
    ? undefined
    : `${codeLength} symbols of ${alphabet}`;
}
