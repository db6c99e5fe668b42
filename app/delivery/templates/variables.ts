/** What a template may hold between braces, and what stands there in the message. */
export const variables = {
  code: 'the code; spoken, its symbols one by one',
  duration: 'how long the code is valid, in words of the language: `5 minutes`',
  minutes: 'the same as a number of whole minutes',
  brand: 'the `brand` of the policy',
  'binding.NAME': 'a value that the code is bound to; one of the policy’s `requiredBinding`',
  locale: 'the language tag, for the attribute `lang`',
  direction: '`ltr` or `rtl`, for the attribute `dir`',
} as const;

export type Variable = Exclude<keyof typeof variables, 'binding.NAME'> | `binding.${string}`;

const bindingName = /^binding\.[A-Za-z][A-Za-z0-9_]{0,31}$/;

export function isVariable(name: string): name is Variable {
  return name === 'binding.NAME' ? false : Object.hasOwn(variables, name) || bindingName.test(name);
}

export const variableList = Object.keys(variables)
  .map((name) => `{${name}}`)
  .join(', ');

/** A value of every variable that a template holds. */
export type Values = ReadonlyMap<Variable, string>;

const maxValueLength = 128;

/**
 * A value as it may stand in a message: one line without control characters, and without the marks that turn the direction
 * of the text around it (UAX #9). What makes letters and emoji join (U+200C, U+200D) stays.
 */
export function cleanValue(value: string): string {
  return value
    .slice(0, maxValueLength)
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/(?![\u200c\u200d])\p{Cf}/gu, '');
}
