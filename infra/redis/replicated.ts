import {ConfigMapV1} from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import {PodDisruptionBudgetV1} from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1/index.js';
import {ServiceV1} from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import {StatefulSetV1} from '@cdktf/provider-kubernetes/lib/stateful-set-v1/index.js';
import {Construct} from '../lib/cdk.ts';
import {componentLabels, selectorLabels} from '../lib/labels.ts';
import {literalValues} from '../lib/literal.ts';
import {componentName, ports} from '../lib/names.ts';
import {configChecksum} from '../workload/checksum.ts';
import {keepRestarts} from '../workload/restarts.ts';
import {exporterContainer, redisContainer, sentinelContainer} from './containers.ts';
import {podSurroundings, redisFiles} from './files.ts';
import {redisPodNames, replicas} from './names.ts';
import {redisPodSpec, redisVolumeClaim} from './pod.ts';
import type {RedisProps} from './single.ts';

const servicePorts = [
  {name: 'redis', port: ports.redis, targetPort: 'redis'},
  {name: 'sentinel', port: ports.sentinel, targetPort: 'sentinel'},
  {name: 'waiting', port: ports.waiting, targetPort: 'waiting'},
];

/** Three pods, each Redis and Sentinel side by side: one is master, and another takes over when it is lost. */
export class ReplicatedRedis extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment}: RedisProps) {
    super(scope, id);
    const {namespace, redis} = environment;
    const name = componentName('redis');
    const labels = componentLabels(environmentName, 'redis');
    const selector = selectorLabels('redis');
    const data = redisFiles('replicated', podSurroundings(environment));

    const config = new ConfigMapV1(this, 'config', {metadata: {name, namespace, labels}, data: literalValues(data)});
    const headless = new ServiceV1(this, 'service', {
      metadata: {name, namespace, labels},
      spec: {selector, clusterIp: 'None', publishNotReadyAddresses: true, port: servicePorts},
    });
    // The announced names: an address that outlives the pod's, and one that a booting pod is found under.
    const announced = redisPodNames.map(
      (pod) =>
        new ServiceV1(this, pod, {
          metadata: {name: pod, namespace, labels},
          spec: {
            selector: {...selector, 'statefulset.kubernetes.io/pod-name': pod},
            publishNotReadyAddresses: true,
            port: servicePorts,
          },
        }),
    );
    new PodDisruptionBudgetV1(this, 'disruption', {
      metadata: {name, namespace, labels},
      spec: {maxUnavailable: '1', selector: {matchLabels: selector}},
    });
    new StatefulSetV1(this, 'set', {
      lifecycle: keepRestarts,
      // Booting pods look one another up by these names.
      dependsOn: [config, headless, ...announced],
      metadata: {name, namespace, labels},
      spec: {
        serviceName: name,
        replicas: String(replicas),
        // All at once: a pod becomes ready when it replicates, and after an outage the others are needed for that.
        podManagementPolicy: 'Parallel',
        // Between two pods of a roll-out: two pings of the sentinels (1 s) and their look at the replicas (10 s).
        minReadySeconds: 12,
        selector: {matchLabels: selector},
        template: {
          metadata: {labels, annotations: configChecksum(data)},
          spec: {
            ...redisPodSpec(environment),
            affinity: {podAntiAffinity: apart(redis.antiAffinity)},
            topologySpreadConstraint: [
              {
                labelSelector: [{matchLabels: selector}],
                maxSkew: 1,
                topologyKey: 'topology.kubernetes.io/zone',
                whenUnsatisfiable: 'ScheduleAnyway',
              },
            ],
            // The names are complete: without a search list a lookup is one question. Sentinel waits for the answer and
            // does nothing else meanwhile; a second, and not the usual ten, is too short for it to distrust its clock.
            dnsConfig: {
              option: [
                {name: 'ndots', value: '1'},
                {name: 'timeout', value: '1'},
                {name: 'attempts', value: '1'},
              ],
            },
            container: [
              redisContainer(environment, 'replicated'),
              sentinelContainer(environment),
              exporterContainer(environment),
            ],
          },
        },
        volumeClaimTemplate: [redisVolumeClaim(environment)],
      },
    });
  }
}

/** On hosts of their own: two pods that go with one host are a majority lost. */
function apart(strictness: 'required' | 'preferred') {
  const term = {
    labelSelector: [{matchLabels: selectorLabels('redis')}],
    topologyKey: 'kubernetes.io/hostname',
  };
  return strictness === 'required'
    ? {requiredDuringSchedulingIgnoredDuringExecution: [term]}
    : {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, podAffinityTerm: term}]};
}
