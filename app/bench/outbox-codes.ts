import type {Redis} from 'ioredis';
import {openMessage} from '../delivery/message.ts';
import type {Keyring} from '../domain/keyring.ts';
import {partitionCount} from '../domain/pseudonym.ts';
import {parseId} from '../domain/verification-id.ts';
import {outboxKey} from '../store/keys.ts';

/** The codes of the verifications whose messages wait in the outbox, by id: what a person would read in the mail. */
export async function readCodes(redis: Redis, keyring: Keyring): Promise<Map<string, string>> {
  const codes = new Map<string, string>();
  for (let partition = 0; partition < partitionCount; partition++) {
    for (const [, list] of await redis.xrange(outboxKey(partition), '-', '+')) {
      const field = (name: string) => list[list.indexOf(name) + 1] ?? '';
      const id = field('i');
      const parsed = parseId(keyring, id);
      if (parsed.kind !== 'ref')
        throw new Error(`an entry of the outbox names no verification: ${JSON.stringify(list)}`);
      const opened = openMessage(parsed.ref.keys, id, {sealedCode: field('c'), sealedAddress: field('a')});
      if (opened === undefined) throw new Error(`a message of the outbox cannot be opened: ${id}`);
      codes.set(id, opened.code);
    }
  }
  return codes;
}
