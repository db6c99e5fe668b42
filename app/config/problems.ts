/** Everything that is wrong with a configuration, found in one go. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** sysexits.h EX_CONFIG */
export const configurationExitCode = 78;

const maxQuoted = 80;

/** A bad value as it is shown to the operator. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text;
}
