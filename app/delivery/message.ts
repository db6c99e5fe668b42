import type {DerivedKeys} from '../domain/keyring.ts';
import type {Binding} from '../domain/mac.ts';
import type {Channel} from '../domain/policy.ts';
import {kindOf, suits} from '../domain/recipient.ts';
import {seal, unseal} from '../domain/seal.ts';
import {draftTagOf, type VerificationRef} from '../domain/verification-id.ts';

/** Where a message goes, and how it is to be written. */
export interface MessageAddress {
  readonly channel: Channel;
  readonly to: string;
  /** Language tags in order of preference, with commas between them. */
  readonly locale?: string;
  /** Its recipient is none: no provider is given it. */
  readonly sandbox?: true;
  /** What of the code's binding its message may show. */
  readonly binding?: Binding;
}

// The id is part of what is authenticated: a sealed code or address cannot be moved to another verification.
const codeContext = (id: string) => `code ${id}`;
const addressContext = (id: string) => `address ${id}`;

/** Names a message to providers: the same for every attempt, and for all copies of its verification, whoever holds them. */
export function messageIdOf(address: Pick<VerificationRef, 'tag'>, resends: number): string {
  return `${draftTagOf(address)}.${resends}`;
}

export function sealCode(keys: DerivedKeys, id: string, code: string): string {
  return seal(keys, codeContext(id), code);
}

export function sealAddress(keys: DerivedKeys, id: string, address: MessageAddress): string {
  return seal(keys, addressContext(id), JSON.stringify(address));
}

/** A code that was sealed for this id; undefined under other keys. */
export function openCode(keys: DerivedKeys, id: string, sealedCode: string): string | undefined {
  return unseal(keys, codeContext(id), sealedCode);
}

/**
 * The code and address of a queued message; undefined if they were not sealed for this id under these keys. `channel` is
 * the one that a resend has chosen: it is not sealed, and none that carries nothing to such an address is followed.
 */
export function openMessage(
  keys: DerivedKeys,
  id: string,
  sealed: {sealedCode: string; sealedAddress: string; channel?: Channel},
): (MessageAddress & {code: string}) | undefined {
  const code = openCode(keys, id, sealed.sealedCode);
  const opened = unseal(keys, addressContext(id), sealed.sealedAddress);
  if (code === undefined || opened === undefined) return undefined;
  const address = JSON.parse(opened) as MessageAddress;
  const {channel = address.channel} = sealed;
  return suits(kindOf(address.channel), channel) ? {...address, channel, code} : undefined;
}
