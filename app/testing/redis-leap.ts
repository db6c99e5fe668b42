import {readFileSync} from 'node:fs';
import {dueKey, keysOf, rateLimitKey} from '../store/keys.ts';
import type {RedisServers} from '../store/redis/servers.ts';
import type {Address} from '../store/store.ts';
import type {createAddressBook} from './addresses.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const text = [
  ...['clock', 'recipient', 'verification'].map((part) => read(`../store/scripts/parts/${part}.lua`)),
  read('leap.lua'),
].join('\n');

/** New addresses and limits, and a way to make all that is stored about them older: the clock of a real server cannot be moved. */
export function aging(servers: RedisServers, book: Pick<ReturnType<typeof createAddressBook>, 'address' | 'limitTag'>) {
  const addresses: Address[] = [];
  const limitTags: string[] = [];
  const age = (ms: number, kind: 'v' | 'r' | 'l', keys: readonly [string, ...string[]], ...more: string[]) =>
    servers.connection(keys[0]).eval(text, keys.length, ...keys, ms, kind, ...more);
  return {
    address(recipient: string): Address {
      const address = book.address(recipient);
      addresses.push(address);
      return address;
    },
    limitTag(): string {
      const tag = book.limitTag();
      limitTags.push(tag);
      return tag;
    },
    /** Queued messages stay as they are. */
    async pass(ms: number): Promise<void> {
      const recipients = new Set(addresses.map((address) => keysOf(address).recipient));
      await Promise.all([
        ...addresses.map((each) => age(ms, 'v', [keysOf(each).verification, dueKey(each.partition)], each.id)),
        ...[...recipients].map((key) => age(ms, 'r', [key])),
        ...limitTags.map((tag) => age(ms, 'l', [rateLimitKey(tag)])),
      ]);
    },
  };
}
