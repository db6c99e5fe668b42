import {quote} from './problems.ts';
import {readSecretFile} from './secret.ts';
import {type NameOf, type Setting, type SettingName, settingTable} from './setting-table.ts';

export type SettingReader = ReturnType<typeof createReader>;

/** Reads single settings as the table describes them. An empty one counts as absent. */
export function createReader(environment: NodeJS.ProcessEnv, problems: string[]) {
  const get = (name: string): string | undefined => environment[name] || undefined;
  const refuse = (name: SettingName, value: unknown, expected: string) =>
    problems.push(`${name}: ${quote(value)}, expected ${expected}`);
  /** Given as `NAME` or as the path in `NAME_FILE`. */
  function secret(name: NameOf<'secret'>): string | undefined {
    const literal = get(name);
    const path = get(`${name}_FILE`);
    if (literal !== undefined && path !== undefined)
      problems.push(`${name} and ${name}_FILE are both set, expected one of them`);
    if (path === undefined) return literal;
    const read = readSecretFile(path);
    if ('value' in read) return read.value;
    problems.push(`${name}_FILE: ${read.problem}`);
    return undefined;
  }
  return {
    problems,
    refuse,
    secret,
    /** The secret as it is at each call. While its file cannot be read, as in the middle of a change, the last one counts. */
    latestSecret(name: NameOf<'secret'>): () => string | undefined {
      return latest(secret(name), get(`${name}_FILE`));
    },
    /** The same for a file that holds no secret. */
    latestFile(name: NameOf<'file'>): () => string | undefined {
      const path = get(name);
      const read = path === undefined ? undefined : readSecretFile(path);
      if (read !== undefined && 'problem' in read) problems.push(`${name}: ${read.problem}`);
      return latest(read !== undefined && 'value' in read ? read.value : undefined, path);
    },
    isSet: (name: SettingName) => get(name) !== undefined || get(`${name}_FILE`) !== undefined,
    text: (name: NameOf<'text'>) => get(name),
    file: (name: NameOf<'file'>) => get(name),
    /** `otherwise`: what an absent one means, where that hangs on other settings. */
    integer(name: NameOf<'integer'>, production: boolean, otherwise?: number): number {
      const setting: Setting & {kind: 'integer'} = settingTable[name];
      const {min, max, productionDefault} = setting;
      const fallback = otherwise ?? (production ? (productionDefault ?? setting.default) : setting.default);
      const value = get(name);
      if (value === undefined) return fallback;
      if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
      refuse(name, value, `a whole number from ${min} to ${max}`);
      return fallback;
    },
    choice<Name extends NameOf<'choice'>>(name: Name): (typeof settingTable)[Name]['values'][number] {
      const {values, default: fallback} = settingTable[name];
      const value = get(name) ?? fallback;
      const chosen = values.find((each) => each === value);
      if (chosen === undefined) refuse(name, value, values.join(', '));
      return chosen ?? fallback;
    },
  };
}

function latest(first: string | undefined, path: string | undefined): () => string | undefined {
  let last = first;
  return () => {
    const read = path === undefined ? undefined : readSecretFile(path);
    if (read !== undefined && 'value' in read) last = read.value;
    return last;
  };
}
