import {createSecretKey, hkdfSync, type KeyObject} from 'node:crypto';
import {CounterMode} from './counter-mode.ts';
import {type KeyPair, keyPairOf} from './key-pair.ts';

/** Everything that one secret key is used for; each purpose has a key of its own (RFC 5869). */
export interface DerivedKeys {
  readonly kid: string;
  readonly idMac: KeyObject;
  readonly idCipher: CounterMode;
  readonly code: KeyObject;
  readonly seal: KeyObject;
  /** Signs receipts. */
  readonly receipt: KeyPair;
  /** Opens what callers seal for the service. */
  readonly exchange: KeyPair;
}

/** The service's secret keys: the first signs new verifications, all verify older ones. */
export interface Keyring {
  readonly current: DerivedKeys;
  /** The current ones first. */
  readonly all: readonly DerivedKeys[];
  /** The keys named `kid`; undefined if the service does not have them. */
  find(kid: string): DerivedKeys | undefined;
}

export interface SecretKey {
  /** `[a-z0-9]{1,16}`; every verification's id names it. */
  readonly kid: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

const keyLength = 32;

/** A keyring over at least one key. */
export function createKeyring(keys: readonly [SecretKey, ...SecretKey[]]): Keyring {
  const [first, ...others] = keys;
  const current = derive(first);
  const all = [current, ...others.map(derive)];
  const byKid = new Map(all.map((derived) => [derived.kid, derived]));
  return {current, all, find: (kid) => byKid.get(kid)};
}

/** A keyring whose keys can be exchanged for others while it is in use. */
export interface RenewableKeyring extends Keyring {
  renew(keys: readonly [SecretKey, ...SecretKey[]]): void;
}

/** The same, for keys that rotate. */
export function createRenewableKeyring(keys: readonly [SecretKey, ...SecretKey[]]): RenewableKeyring {
  let keyring = createKeyring(keys);
  return {
    get current() {
      return keyring.current;
    },
    get all() {
      return keyring.all;
    },
    find: (kid) => keyring.find(kid),
    renew(renewed) {
      keyring = createKeyring(renewed);
    },
  };
}

function derive({kid, secret}: SecretKey): DerivedKeys {
  const bytes = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `otp-service v1 ${purpose}`, keyLength));
  // As objects: for a key that is bytes Node spends 20 µs at each use on finding out what it is.
  const key = (purpose: string) => createSecretKey(bytes(purpose));
  return {
    kid,
    idMac: key('id mac'),
    idCipher: new CounterMode(key('id cipher')),
    code: key('code mac'),
    seal: key('seal'),
    receipt: keyPairOf('Ed25519', `${kid}-receipt`, bytes('receipt')),
    exchange: keyPairOf('X25519', `${kid}-check`, bytes('check exchange')),
  };
}
