import {readFileSync} from 'node:fs';
import type {Redis} from 'ioredis';
import {keysOf} from '../store/keys.ts';
import type {Address} from '../store/store.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const text = [
  ...['clock', 'recipient', 'verification'].map((part) => read(`../store/scripts/parts/${part}.lua`)),
  read('leap.lua'),
].join('\n');

/** Makes the records at these addresses, and of their recipients, older by `ms`. Queued messages stay as they are. */
export async function leapIn(redis: Redis, addresses: Iterable<Address>, ms: number): Promise<void> {
  const records = new Map<string, 'v' | 'r'>();
  for (const {verification, recipient} of [...addresses].map(keysOf)) {
    records.set(verification, 'v');
    records.set(recipient, 'r');
  }
  await Promise.all([...records].map(([key, kind]) => redis.eval(text, 1, key, ms, kind)));
}
