import {createHmac, type KeyObject} from 'node:crypto';
import type {DerivedKeys} from './keyring.ts';

/** HMAC-SHA-256 over fields that cannot run into each other: each is preceded by its length in bytes (4, big-endian). */
export function macOf(key: KeyObject, ...fields: readonly string[]): Buffer {
  let total = 0;
  for (const field of fields) total += 4 + Buffer.byteLength(field);
  const bytes = Buffer.allocUnsafe(total);
  let end = 0;
  for (const field of fields) {
    const length = bytes.write(field, end + 4);
    bytes.writeUInt32BE(length, end);
    end += 4 + length;
  }
  return createHmac('sha256', key).update(bytes).digest();
}

/** The values that a code is bound to, such as an amount and a payee. */
export type Binding = Readonly<Record<string, string>>;

/** What the store keeps of a binding; the order of its members does not matter. */
export function bindingMac(keys: DerivedKeys, verificationId: string, binding: Binding): string {
  const fields = Object.entries(binding).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return macOf(keys.code, 'binding v1', verificationId, ...fields.flat()).toString('base64url');
}

/**
 * What the store keeps instead of a code: base64url, 43 characters. It is bound to the client and the verification, so
 * that a code for one cannot be presented for another; policy and recipient belong to the verification under that id.
 */
export function codeMac(keys: DerivedKeys, client: string, verificationId: string, code: string): string {
  return macOf(keys.code, 'v1', client, verificationId, code).toString('base64url');
}
