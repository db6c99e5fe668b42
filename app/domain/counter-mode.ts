import {createCipheriv, type KeyObject} from 'node:crypto';

const blockBytes = 16;

/**
 * AES-256 in counter mode (NIST SP 800-38A §6.5), for many short messages under one key. One cipher is kept that encrypts
 * counters, 1 µs a message: one of its own takes 4, and leaves behind an object that the garbage collector has to finalise.
 */
export class CounterMode {
  readonly #blocks;

  constructor(key: KeyObject) {
    // Block by block, so that it keeps nothing from one call to the next.
    this.#blocks = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  }

  /** Encrypts, and decrypts. `iv` is the first counter, 16 bytes. */
  apply(iv: Buffer, text: Buffer): Buffer {
    const counters = Buffer.allocUnsafe(Math.ceil(text.length / blockBytes) * blockBytes);
    iv.copy(counters);
    for (let at = blockBytes; at < counters.length; at += blockBytes) {
      counters.copyWithin(at, at - blockBytes, at);
      increment(counters, at);
    }
    const bytes = this.#blocks.update(counters).subarray(0, text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = (bytes[i] ?? 0) ^ (text[i] ?? 0);
    return bytes;
  }
}

/** Adds one to the 16 bytes, a big-endian number that wraps around. */
function increment(bytes: Buffer, start: number): void {
  for (let i = start + blockBytes - 1; i >= start; i--) {
    const next = ((bytes[i] ?? 0) + 1) & 0xff;
    bytes[i] = next;
    if (next !== 0) return;
  }
}
