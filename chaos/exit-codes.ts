/** What the command ends with; a broken claim outweighs an invalid run. */
export const exitCodes = {pass: 0, fail: 1, usage: 2, invalid: 3, interrupted: 130} as const;
