import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import type {Redis} from 'ioredis';

type NetStream = Redis['stream'];

type ScriptName =
  | 'create'
  | 'check'
  | 'resend'
  | 'cancel'
  | 'read'
  | 'settle'
  | 'requeue'
  | 'unlock'
  | 'codes'
  | 'erase'
  | 'forget'
  | 'adopt'
  | 'probe'
  | 'charge'
  | 'continue'
  | 'replayed'
  | 'report'
  | 'announce';

/** A script with what it works on. */
export interface ScriptCall {
  readonly name: ScriptName;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

interface Script {
  readonly text: string;
  readonly sha1: string;
}

const read = (path: string) => readFileSync(new URL(`scripts/${path}.lua`, import.meta.url), 'utf8');

/**
 * A script with the parts that its header names in front. Redis runs the whole text at every call, and makes each of its
 * functions anew: a part that a script does not use would cost it microseconds.
 */
function assemble(name: ScriptName): Script {
  const own = read(name);
  const [, parts] = /^-- Parts(.*)$/m.exec(own) ?? [];
  if (parts === undefined) throw new Error(`the header of ${name}.lua names no parts`);
  const text = [
    ...parts
      .split(' ')
      .filter(Boolean)
      .map((part) => read(`parts/${part}`)),
    own,
  ].join('\n');
  return {text, sha1: createHash('sha1').update(text).digest('hex')};
}

const scripts: Readonly<Record<ScriptName, Script>> = {
  create: assemble('create'),
  check: assemble('check'),
  resend: assemble('resend'),
  cancel: assemble('cancel'),
  read: assemble('read'),
  settle: assemble('settle'),
  requeue: assemble('requeue'),
  unlock: assemble('unlock'),
  codes: assemble('codes'),
  erase: assemble('erase'),
  charge: assemble('charge'),
  continue: assemble('continue'),
  replayed: assemble('replayed'),
  forget: assemble('forget'),
  adopt: assemble('adopt'),
  probe: assemble('probe'),
  report: assemble('report'),
  announce: assemble('announce'),
};

/** Connections whose writes wait for the end of this turn of the event loop. */
const held = new WeakSet<NetStream>();

/**
 * Lets what is sent to Redis in one turn of the event loop leave in one write: a system call costs more than a script's
 * whole way through ioredis.
 */
function holdWrites({stream}: Redis): void {
  if (stream === undefined || held.has(stream)) return;
  held.add(stream);
  stream.cork();
  setImmediate(() => {
    held.delete(stream);
    stream.uncork();
  });
}

/** Sends a script by its hash, or as its whole text. Rejects with what ioredis says. */
export function sendScript(
  redis: Redis,
  {name, keys, args}: ScriptCall,
  as: 'hash' | 'text' = 'hash',
): Promise<unknown> {
  const script = scripts[name];
  return as === 'hash'
    ? redis.evalsha(script.sha1, keys.length, ...keys, ...args)
    : redis.eval(script.text, keys.length, ...keys, ...args);
}

/** Whether a script was refused because the server does not know its hash: nothing has run. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** Runs a script in one round trip; the first time that a server sees it, in two. Rejects with what ioredis says. */
export async function runScript(redis: Redis, call: ScriptCall): Promise<unknown> {
  holdWrites(redis);
  try {
    return await sendScript(redis, call);
  } catch (error) {
    if (isUnknownScript(error)) return sendScript(redis, call, 'text');
    throw error;
  }
}
