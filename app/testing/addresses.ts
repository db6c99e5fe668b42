import {createSecretKey, randomBytes} from 'node:crypto';
import {createKeyring} from '../domain/keyring.ts';
import {pseudonymOf} from '../domain/pseudonym.ts';
import {issueId, nameTag, parseId} from '../domain/verification-id.ts';
import type {Address} from '../store/store.ts';
import {addressOf} from '../usecases/context.ts';

/** Real ids of recipients that no other test uses. */
export function createAddressBook() {
  const salt = randomBytes(8).toString('hex');
  const keyring = createKeyring([{kid: 'test', secret: randomBytes(32)}]);
  const key = createSecretKey(randomBytes(32));
  return {
    address(recipient: string, owner?: string): Address {
      const {tag, partition} = pseudonymOf(key, 'shop', 'login', `${recipient} ${salt}`);
      return addressOf(
        issueId(
          keyring.current,
          {
            clientTag: nameTag('shop'),
            policyTag: nameTag('login'),
            partition,
            recipientTag: tag,
            lifetimeSeconds: 300,
            createdAt: Date.now(),
            random: randomBytes(8),
          },
          owner,
        ),
      );
    },
    parse(id: string): Address | undefined {
      const parsed = parseId(keyring, id);
      return parsed.kind === 'ref' ? addressOf(parsed.ref) : undefined;
    },
  };
}
