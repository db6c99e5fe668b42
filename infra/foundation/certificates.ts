import {appCertificateNames} from '../app/endpoint.ts';
import type {Environment} from '../environment/schema.ts';
import {sharedLabels} from '../lib/labels.ts';
import {redisCertificateNames} from '../redis/endpoint.ts';
import {appTls, ingressTls, redisTls} from '../secrets/names.ts';

interface Certificate {
  readonly secret: string;
  readonly names: readonly string[];
  readonly issuer: {readonly name: string; readonly kind: string};
  /** Redis replicas and the pods of the app are servers to one another, and clients. */
  readonly usages: readonly string[];
}

/** What cert-manager is asked for, where an environment names an issuer. */
function certificatesOf(environment: Environment): Certificate[] {
  const {certManager, exposure, redis} = environment;
  if (certManager === undefined) return [];
  const {issuer, publicIssuer} = certManager;
  const usages = ['digital signature', 'server auth', 'client auth'];
  return [
    {secret: appTls.name, names: appCertificateNames(environment), issuer, usages},
    ...(redis.mode === 'external'
      ? []
      : [{secret: redisTls.name, names: redisCertificateNames(environment), issuer, usages}]),
    ...(publicIssuer !== undefined && exposure.kind === 'ingress' && exposure.tls && exposure.host !== undefined
      ? [{secret: ingressTls, names: [exposure.host], issuer: publicIssuer, usages: usages.slice(0, 2)}]
      : []),
  ];
}

/** Secrets that come with the deploy and not before it. */
export const certManagerSecrets = (environment: Environment): Set<string> =>
  new Set(certificatesOf(environment).map(({secret}) => secret));

export const certificateManifests = (environmentName: string, environment: Environment): object[] =>
  certificatesOf(environment).map(({secret, names, issuer, usages}) => ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: {name: secret, namespace: environment.namespace, labels: sharedLabels(environmentName)},
    spec: {
      secretName: secret,
      dnsNames: names,
      issuerRef: {group: 'cert-manager.io', ...issuer},
      usages,
      // 90 days, renewed when a third is left.
      duration: '2160h',
      renewBefore: '720h',
      privateKey: {algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always'},
    },
  }));
