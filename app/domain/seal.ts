import {createCipheriv, createDecipheriv} from 'node:crypto';
import type {DerivedKeys} from './keyring.ts';
import {freshBytes} from './random.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts a text for the time that it has to wait somewhere; it opens only under the same keys and the same `context`. */
export function seal(keys: DerivedKeys, context: string, text: string): string {
  const nonce = freshBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, keys.seal, nonce).setAAD(Buffer.from(context));
  const body = cipher.update(text, 'utf8');
  cipher.final(); // GCM ends without a further block
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

/** The text that was sealed; undefined if it was made with other keys or for another context, or was changed. */
export function unseal(keys: DerivedKeys, context: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, keys.seal, bytes.subarray(0, nonceBytes), {authTagLength: tagBytes})
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
