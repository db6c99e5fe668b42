import {ConfigMapV1} from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import {ServiceV1} from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import {StatefulSetV1} from '@cdktf/provider-kubernetes/lib/stateful-set-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels, selectorLabels} from '../lib/labels.ts';
import {literalValues} from '../lib/literal.ts';
import {componentName, ports} from '../lib/names.ts';
import {configChecksum} from '../workload/checksum.ts';
import {secretMounts, secretVolumes} from '../workload/secret-volumes.ts';
import {containerSecurity, podSecurity, uids} from '../workload/security.ts';
import {configFolder, dataFolder, redisFiles, redisSecretFiles, runFolder} from './files.ts';
import {redisPodResources} from './resources.ts';

export interface SingleRedisProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** One Redis with a volume: it survives a restart of its pod, not the loss of its volume. Reached as `redisEndpoint` says. */
export class SingleRedis extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment}: SingleRedisProps) {
    super(scope, id);
    const {namespace, images, redis} = environment;
    const name = componentName('redis');
    const labels = componentLabels(environmentName, 'redis');
    const data = redisFiles(redis);
    const resources = redisPodResources(environment);
    const probe = (question: 'alive' | 'ready') => ({
      exec: {command: ['sh', `${configFolder}/probe.sh`, question]},
      periodSeconds: 5,
      timeoutSeconds: 5,
    });

    new ConfigMapV1(this, 'config', {metadata: {name, namespace, labels}, data: literalValues(data)});
    new ServiceV1(this, 'service', {
      metadata: {name, namespace, labels},
      spec: {selector: selectorLabels('redis'), port: [{name: 'redis', port: ports.redis, targetPort: 'redis'}]},
    });
    new StatefulSetV1(this, 'set', {
      metadata: {name, namespace, labels},
      spec: {
        serviceName: name,
        replicas: '1',
        selector: {matchLabels: selectorLabels('redis')},
        template: {
          metadata: {labels, annotations: configChecksum(data)},
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: podSecurity(environment, uids.redis),
            // Redis writes the rest of its append-only file on SIGTERM.
            terminationGracePeriodSeconds: 60,
            imagePullSecrets: images.pullSecrets.map((secret) => ({name: secret})),
            container: [
              {
                name: 'redis',
                image: images.redis,
                imagePullPolicy: images.pullPolicy,
                command: ['sh', `${configFolder}/start.sh`],
                port: [{name: 'redis', containerPort: ports.redis}],
                securityContext: containerSecurity,
                resources: {
                  requests: {cpu: `${resources.cpuRequestMillis}m`, memory: `${resources.memoryRequestMiB}Mi`},
                  limits: {memory: `${resources.memoryLimitMiB}Mi`},
                },
                // 10 min: the longest that loading a full append-only file may take.
                startupProbe: {...probe('ready'), failureThreshold: 120},
                readinessProbe: {...probe('ready'), failureThreshold: 2},
                livenessProbe: {...probe('alive'), failureThreshold: 6},
                volumeMount: [
                  {name: 'config', mountPath: configFolder, readOnly: true},
                  {name: 'run', mountPath: runFolder},
                  {name: 'data', mountPath: dataFolder},
                  ...secretMounts(redisSecretFiles),
                ],
              },
            ],
            volume: [
              {name: 'config', configMap: {name}},
              {name: 'run', emptyDir: {medium: 'Memory', sizeLimit: '1Mi'}},
              ...secretVolumes(redisSecretFiles),
            ],
          },
        },
        volumeClaimTemplate: [
          {
            metadata: {name: 'data', labels: selectorLabels('redis')},
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: {requests: {storage: `${redis.storageGiB}Gi`}},
              ...(redis.storageClass === undefined ? {} : {storageClassName: redis.storageClass}),
            },
          },
        ],
      },
    });
  }
}
