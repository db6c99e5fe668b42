/** A key of a Secret, seen from inside a container as a file. */
export interface SecretFile {
  readonly secret: string;
  readonly key: string;
}

/** Where every Secret is mounted. */
export const secretsFolder = '/run/secrets/otp';
const prefix = 'otp-';

/** Secret otp-api-key is mounted at /run/secrets/otp/api-key. */
export const secretFolder = (secret: string) => `${secretsFolder}/${secret.slice(prefix.length)}`;

export const secretPath = ({secret, key}: SecretFile) => `${secretFolder(secret)}/${key}`;

const path = new RegExp(`^${secretsFolder}/([a-z0-9][-a-z0-9.]*)/([-._a-zA-Z0-9]+)$`);

/** The Secret keys that a configuration names by path: these are mounted and must exist. */
export function secretFilesIn(configuration: unknown): SecretFile[] {
  if (typeof configuration === 'string') {
    const [, name, key] = path.exec(configuration) ?? [];
    return name === undefined || key === undefined ? [] : [{secret: `${prefix}${name}`, key}];
  }
  if (typeof configuration !== 'object' || configuration === null) return [];
  return Object.values(configuration).flatMap(secretFilesIn);
}

/** The keys wanted of each Secret, in a stable order. */
export function keysBySecret(files: readonly SecretFile[]): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const {secret, key} of files) found.set(secret, (found.get(secret) ?? new Set()).add(key));
  return new Map([...found].sort(([a], [b]) => a.localeCompare(b)).map(([secret, keys]) => [secret, [...keys].sort()]));
}
