import type {Environment} from '../environment/schema.ts';
import {selectorLabels} from '../lib/labels.ts';
import {componentName} from '../lib/names.ts';
import {secretVolumes} from '../workload/secret-volumes.ts';
import {podSecurity, uids} from '../workload/security.ts';
import {exporterFiles} from './containers.ts';
import {redisSecretFiles} from './files.ts';

/** What a pod of Redis has besides its containers, whatever the mode. */
export function redisPodSpec(environment: Environment) {
  const name = componentName('redis');
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(environment, uids.redis),
    // Up to 11 s until a replica may follow, 12 to hand over; the rest is for a slow disk: Redis writes the end of its append-only file on SIGTERM.
    terminationGracePeriodSeconds: 60,
    imagePullSecrets: environment.images.pullSecrets.map((secret) => ({name: secret})),
    volume: [
      {name: 'config', configMap: {name}},
      {name: 'run', emptyDir: {medium: 'Memory', sizeLimit: '1Mi'}},
      ...secretVolumes([...redisSecretFiles, ...exporterFiles]),
    ],
  };
}

export function redisVolumeClaim({redis}: Environment) {
  return {
    metadata: {name: 'data', labels: selectorLabels('redis')},
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: {requests: {storage: `${redis.storageGiB}Gi`}},
      ...(redis.storageClass === undefined ? {} : {storageClassName: redis.storageClass}),
    },
  };
}
