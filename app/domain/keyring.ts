import {hkdfSync} from 'node:crypto';

/** Everything that one secret key is used for; each purpose has a key of its own (RFC 5869). */
export interface DerivedKeys {
  readonly kid: string;
  readonly idMac: Buffer;
  readonly idCipher: Buffer;
  readonly code: Buffer;
  readonly seal: Buffer;
}

/** The service's secret keys: the first signs new verifications, all verify older ones. */
export interface Keyring {
  readonly current: DerivedKeys;
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
  const derived = new Map(keys.map((key) => [key.kid, derive(key)]));
  const current = derive(keys[0]);
  return {current, find: (kid) => derived.get(kid)};
}

function derive({kid, secret}: SecretKey): DerivedKeys {
  const key = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', `otp-service v1 ${purpose}`, keyLength));
  return {kid, idMac: key('id mac'), idCipher: key('id cipher'), code: key('code mac'), seal: key('seal')};
}
