import {createSecretKey, randomBytes} from 'node:crypto';
import {createKeyring} from '../domain/keyring.ts';
import {pseudonymOf} from '../domain/pseudonym.ts';
import {issueId, nameTag, parseId} from '../domain/verification-id.ts';
import type {Draft} from '../store/draft.ts';
import type {Address, Idempotency, NewVerification} from '../store/store.ts';
import {addressOf} from '../usecases/context.ts';

/** Real ids of recipients, and keys of requests, that no other test uses. */
export function createAddressBook() {
  const salt = randomBytes(8).toString('hex');
  const keyring = createKeyring([{kid: 'test', secret: randomBytes(32)}]);
  const key = createSecretKey(randomBytes(32));
  const about = {clientTag: nameTag('shop'), policyTag: nameTag('login'), lifetimeSeconds: 300};
  return {
    address(recipient: string, owner?: string): Address {
      const {tag, partition} = pseudonymOf(key, 'shop', 'login', `${recipient} ${salt}`);
      const content = {...about, partition, recipientTag: tag, createdAt: Date.now(), random: randomBytes(8)};
      return addressOf(issueId(keyring.current, content, owner));
    },
    /** A verification of the recipient with this name that can still be put anywhere. */
    draft(recipient: string, verification: NewVerification): Draft {
      const {tag, partition} = pseudonymOf(key, 'shop', 'login', `${recipient} ${salt}`);
      const random = randomBytes(8);
      const content = {...about, partition, recipientTag: tag, createdAt: Date.now(), random};
      return {
        partition,
        recipientTag: tag.toString('base64url'),
        addressTo: (owner) => ({address: addressOf(issueId(keyring.current, content, owner)), verification}),
      };
    },
    /** Names a rate limit. */
    limitTag: () => randomBytes(8).toString('hex'),
    /** The key under which a request comes, and comes again: a store knows it in the whole partition, whoever the recipient is. */
    request(name = 'request'): Idempotency {
      return {tag: `${name}-${salt}`, fingerprint: 'f'};
    },
    parse(id: string): Address | undefined {
      const parsed = parseId(keyring, id);
      return parsed.kind === 'ref' ? addressOf(parsed.ref) : undefined;
    },
  };
}
