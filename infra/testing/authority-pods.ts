import {X509Certificate} from 'node:crypto';
import {expect} from 'vitest';
import type {SecretStore} from './secret-store.ts';

type Seen = Readonly<Record<string, string>>;

/** Whether who has the first (its key ca.crt) believes who shows the second (its key tls.crt). */
export const trusts = ({'ca.crt': bundle = ''}: Seen, {'tls.crt': served = ''}: Seen): boolean =>
  (bundle.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [])
    .map((pem) => new X509Certificate(pem))
    .some(({publicKey}) => new X509Certificate(served).verify(publicKey));

/** The steps at which somebody with a state meets somebody with the same, or the one before it, and does not believe him. */
export function misunderstandings(states: readonly Seen[]): number[] {
  return [...states.entries()].flatMap(([index, now]) => {
    const met = states.slice(Math.max(0, index - 1), index + 1);
    return met.every((other) => trusts(now, other) && trusts(other, now)) ? [] : [index];
  });
}

const gone = 'the connection is gone';

/** A step that fails when it is taken for the nth time; with 0 it never does. */
export function failingAt(nth: number): () => void {
  let taken = 0;
  return () => {
    if (++taken === nth) throw new Error(gone);
  };
}

interface Rotation {
  readonly store: SecretStore;
  /** What pods have had one after the other. */
  readonly had: readonly Seen[];
  readonly rotate: (options?: {readonly failAt?: number}) => Promise<unknown>;
}

export async function expectInterrupted({rotate}: Rotation, failAt: number): Promise<void> {
  await expect(rotate({failAt})).rejects.toThrow(gone);
}

/** Interrupted at a call and run again, it ends with the authority that it had made. `secrets`: paths of the authority and of what it signs. */
export async function expectResumed(
  rotation: Rotation,
  failAt: number,
  secrets: {readonly authority: string; readonly tls: string},
): Promise<void> {
  const {store, had, rotate} = rotation;
  await expectInterrupted(rotation, failAt);
  const {'next.crt': made} = store.values(secrets.authority);
  await rotate();
  expect(store.values(secrets.authority)['tls.crt']).toBe(made);
  expect(misunderstandings(had)).toEqual([]);
  expect(store.values(secrets.tls)['ca.crt']).toBe(made);
}
