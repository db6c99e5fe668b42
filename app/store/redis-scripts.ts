import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import type {Redis} from 'ioredis';

const names = ['create', 'check', 'resend', 'cancel', 'read', 'settle', 'unlock', 'codes', 'erase'] as const;
type ScriptName = (typeof names)[number];

interface Script {
  readonly text: string;
  readonly sha1: string;
}

const read = (name: string) => readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8');
const prelude = read('prelude');
const scripts = new Map<ScriptName, Script>(
  names.map((name) => {
    const text = `${prelude}\n${read(name)}`;
    return [name, {text, sha1: createHash('sha1').update(text).digest('hex')}];
  }),
);

/** Runs a script in one round trip; the first time that a server sees it, in two. Rejects with what ioredis says. */
export async function runScript(
  redis: Redis,
  name: ScriptName,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const script = scripts.get(name);
  if (script === undefined) throw new Error(`no script "${name}"`);
  try {
    return await redis.evalsha(script.sha1, keys.length, ...keys, ...args);
  } catch (error) {
    // The server has not run anything yet: it does not know the script.
    if (error instanceof Error && error.message.startsWith('NOSCRIPT'))
      return redis.eval(script.text, keys.length, ...keys, ...args);
    throw error;
  }
}
