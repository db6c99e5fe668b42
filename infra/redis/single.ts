import {ConfigMapV1} from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import {ServiceV1} from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import {StatefulSetV1} from '@cdktf/provider-kubernetes/lib/stateful-set-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels, selectorLabels} from '../lib/labels.ts';
import {literalValues} from '../lib/literal.ts';
import {componentName, ports} from '../lib/names.ts';
import {configChecksum} from '../workload/checksum.ts';
import {keepRestarts} from '../workload/restarts.ts';
import {exporterContainer, redisContainer} from './containers.ts';
import {podSurroundings, redisFiles} from './files.ts';
import {redisPodSpec, redisVolumeClaim} from './pod.ts';

export interface RedisProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** One Redis with a volume: it survives a restart of its pod, not the loss of its volume. */
export class SingleRedis extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment}: RedisProps) {
    super(scope, id);
    const {namespace} = environment;
    const name = componentName('redis');
    const labels = componentLabels(environmentName, 'redis');
    const data = redisFiles('single', podSurroundings(environment));

    new ConfigMapV1(this, 'config', {metadata: {name, namespace, labels}, data: literalValues(data)});
    new ServiceV1(this, 'service', {
      metadata: {name, namespace, labels},
      spec: {selector: selectorLabels('redis'), port: [{name: 'redis', port: ports.redis, targetPort: 'redis'}]},
    });
    new StatefulSetV1(this, 'set', {
      lifecycle: keepRestarts,
      metadata: {name, namespace, labels},
      spec: {
        serviceName: name,
        replicas: '1',
        selector: {matchLabels: selectorLabels('redis')},
        template: {
          metadata: {labels, annotations: configChecksum(data)},
          spec: {
            ...redisPodSpec(environment),
            container: [redisContainer(environment, 'single'), exporterContainer(environment)],
          },
        },
        volumeClaimTemplate: [redisVolumeClaim(environment)],
      },
    });
  }
}
