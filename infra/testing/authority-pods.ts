import {X509Certificate} from 'node:crypto';

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
