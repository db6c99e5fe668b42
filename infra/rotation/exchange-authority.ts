import {type Authority, makeAuthority} from '../bootstrap/certificates.ts';
import type {Cluster} from '../cluster/connect.ts';
import {changeSecret, readSecret, type Values} from './change-secret.ts';

/** An authority that is to be replaced, and how those who go by it are told. */
export interface Exchange {
  /** Its Secret, with keys tls.crt and tls.key. */
  readonly namespace: string;
  readonly secret: string;
  /** Of the one that replaces it; the day is added. */
  readonly commonName: string;
  /** As the report names them. */
  readonly server: string;
  readonly trusting: string;
  /** Has all of them trust these authorities (PEM, one or two); resolves when they do. */
  trust(authorities: string): Promise<void>;
  /** Has the server show a certificate of this authority; resolves when it does. */
  serve(authority: Authority): Promise<void>;
  /**
   * What has to be done by hand once both are trusted, before the server shows a certificate of the new one: the
   * command ends there, and goes on when it is run again. @default nothing
   */
  readonly byHand?: string;
}

/** Keys of the authority's Secret; the last ones only while it is being replaced, so that an interrupted run goes on with it. */
const [certificate, key, nextCertificate, nextKey, trustedAt] = [
  'tls.crt',
  'tls.key',
  'next.crt',
  'next.key',
  'next-trusted-at',
];

/**
 * Another authority in three steps: all trust both, the server shows a certificate of the new one, nobody trusts the old one
 * any more. At no time does a certificate meet somebody who does not trust its authority.
 */
export async function* exchangeAuthority(cluster: Cluster, exchange: Exchange): AsyncGenerator<string> {
  const {namespace, secret, commonName, server, trusting, byHand} = exchange;
  const {[certificate]: old = '', ...kept} = await readSecret(cluster, namespace, secret);
  const next = await nextAuthority(kept, `${commonName} of ${new Date().toISOString().slice(0, 10)}`);
  await changeSecret(cluster, namespace, secret, {[nextCertificate]: next.certificatePem, [nextKey]: next.keyPem});

  await exchange.trust(`${old.trim()}\n${next.certificatePem.trim()}\n`);
  yield `1 of 3: ${trusting} trust the old authority and the new one`;
  if (byHand !== undefined && kept[trustedAt] === undefined) {
    await changeSecret(cluster, namespace, secret, {[trustedAt]: new Date().toISOString()});
    yield byHand;
    return;
  }
  await exchange.serve(next);
  yield `2 of 3: ${server} serves with a certificate of the new authority`;
  await exchange.trust(next.certificatePem);
  await changeSecret(cluster, namespace, secret, {
    [certificate]: next.certificatePem,
    [key]: next.keyPem,
    [nextCertificate]: undefined,
    [nextKey]: undefined,
    [trustedAt]: undefined,
  });
  yield '3 of 3: the old authority is trusted no more';
}

async function nextAuthority(
  {[nextCertificate]: certificatePem, [nextKey]: keyPem}: Values,
  commonName: string,
): Promise<Authority> {
  return certificatePem === undefined || keyPem === undefined ? makeAuthority(commonName) : {certificatePem, keyPem};
}
