import {alphabets, type CodeFormat} from '../../domain/code.ts';

const bindingSamples: Readonly<Record<string, string>> = {amount: '1,249.50', currency: 'EUR', payee: 'ACME Ltd'};

/** Values for a preview: the first symbols of the alphabet, and an example of each value that a code is bound to. */
export function sampleValues({
  codeLength,
  alphabet,
  requiredBinding,
}: CodeFormat & {readonly requiredBinding: readonly string[]}): {code: string; binding: Record<string, string>} {
  // Digits from 1 on, letters between digits: both show how they are set.
  const symbols = alphabet === 'digits' ? '123456789012' : 'K7M2XQ9RT4WB';
  if ([...symbols].some((symbol) => !alphabets[alphabet].includes(symbol)))
    throw new RangeError('no code of the alphabet');
  return {
    code: symbols.slice(0, codeLength),
    binding: Object.fromEntries(requiredBinding.map((name) => [name, bindingSamples[name] ?? name])),
  };
}
