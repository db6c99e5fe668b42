import type {Environment} from '../environment/schema.ts';
import {componentName} from '../lib/names.ts';

/** What Sentinel calls the master. */
export const masterName = 'otp';

/** Of three: one pod may be lost, and two are a majority. */
export const replicas = 3;
export const quorum = 2;

/** Name of a pod, and of the Service by which it is announced. */
export const redisPodNames = Array.from({length: replicas}, (_, ordinal) => `${componentName('redis')}-${ordinal}`);

/**
 * The announced names, fully qualified: what Sentinel hands to clients must resolve in every namespace, stay when the
 * pod's address changes, and stand in the certificate.
 */
export const redisHosts = ({namespace, network}: Pick<Environment, 'namespace' | 'network'>) =>
  redisPodNames.map((pod) => `${pod}.${namespace}.svc.${network.dns.domain}`);
