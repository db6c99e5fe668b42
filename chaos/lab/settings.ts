/** Settings of redis.conf or sentinel.conf; a list where a name comes more than once. Values stand as they are in the file. */
export type RedisSettings = Readonly<Record<string, string | number | readonly string[]>>;

/** The lines of the file. */
export function renderSettings(settings: RedisSettings): string {
  return Object.entries(settings)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((single) => `${name} ${single}\n`))
    .join('');
}
