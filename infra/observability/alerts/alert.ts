/** page: somebody gets up now. ticket: somebody looks within a working day. */
export type Severity = 'page' | 'ticket';

export interface Alert {
  /** Begins with Otp; its run book is docs/runbooks/NAME.md, by `runbookOf`. */
  readonly name: string;
  readonly severity: Severity;
  /** PromQL. `@ns@` is this installation's namespace, as a label matcher. */
  readonly expr: string;
  /** How long it has to hold, such as 2m. @default at once */
  readonly for?: string;
  /** One sentence with the value, for a telephone. */
  readonly summary: string;
  /** Beside environment, namespace and severity; tells alerts of one name apart. */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default everywhere */
  readonly needs?: 'replicas' | 'scheduled runs';
}

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** `OtpRedisNoMaster` → `redis-no-master`. */
export const runbookOf = (alert: string) =>
  alert
    .replace(/^Otp/, '')
    .replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
