import {sealAddress, sealCode} from '../delivery/message.ts';
import type {Client} from '../domain/client.ts';
import {generateCode} from '../domain/code.ts';
import {type Binding, bindingMac, codeMac} from '../domain/mac.ts';
import type {Channel, Policy} from '../domain/policy.ts';
import {pseudonymOf} from '../domain/pseudonym.ts';
import {freshBytes} from '../domain/random.ts';
import type {Recipient} from '../domain/recipient.ts';
import {type IdContent, issueId, nameTag} from '../domain/verification-id.ts';
import type {Draft} from '../store/draft.ts';
import type {NewVerification} from '../store/store.ts';
import {addressOf, type UseCaseContext} from './context.ts';

export interface Subject {
  readonly client: Client;
  readonly policy: Policy;
  readonly channel: Channel;
  readonly recipient: Recipient;
  readonly request: {readonly locale?: string; readonly binding?: Binding};
}

/** What of a verification does not depend on where it is put. */
type Terms = Omit<NewVerification, 'mac' | 'sealedCode' | 'sealedAddress' | 'bindingMac' | 'channel' | 'locale'>;

/**
 * A verification with a fresh code that no store has yet. What stands for the code and the binding belongs to the id, and
 * the id tells who holds the verification: so they are made for each place anew, from the same code.
 */
export function draftVerification(
  {keyring, pseudonymKey, now}: Pick<UseCaseContext, 'keyring' | 'pseudonymKey' | 'now'>,
  {client, policy, channel, recipient, request}: Subject,
  terms: Terms,
): Draft {
  const keys = keyring.current;
  const code = recipient.sandboxCode ?? generateCode(policy);
  const pseudonym = pseudonymOf(pseudonymKey, client.name, policy.name, recipient.canonical);
  const content: IdContent = {
    clientTag: client.tag,
    policyTag: client.policyTags.get(policy.name) ?? nameTag(policy.name),
    partition: pseudonym.partition,
    recipientTag: pseudonym.tag,
    lifetimeSeconds: policy.lifetimeSeconds,
    createdAt: now(),
    random: freshBytes(8),
  };
  const {binding, locale} = request;
  const sandbox = recipient.sandboxCode === undefined ? {} : ({sandbox: true} as const);
  const language = locale === undefined ? {} : {locale};
  const shown = shownBinding(policy, binding);
  return {
    partition: pseudonym.partition,
    recipientTag: pseudonym.tag.toString('base64url'),
    addressTo(owner) {
      const ref = issueId(keys, content, owner);
      const {id} = ref;
      return {
        address: addressOf(ref),
        verification: {
          ...terms,
          ...language,
          channel,
          mac: codeMac(keys, client.name, id, code),
          sealedCode: sealCode(keys, id, code),
          sealedAddress:
            channel === 'direct'
              ? ''
              : sealAddress(keys, id, {channel, to: recipient.address, ...language, ...shown, ...sandbox}),
          ...(binding === undefined ? {} : {bindingMac: bindingMac(keys, id, binding)}),
        },
      };
    },
  };
}

/** What of the binding a message may show: the values that every creation under the policy has. */
function shownBinding({requiredBinding}: Policy, binding: Binding = {}): {binding?: Binding} {
  if (requiredBinding.length === 0) return {};
  return {binding: Object.fromEntries(requiredBinding.map((name) => [name, binding[name] ?? '']))};
}
