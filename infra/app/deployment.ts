import {ConfigMapV1} from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import {DeploymentV1} from '@cdktf/provider-kubernetes/lib/deployment-v1/index.js';
import {stringify} from 'yaml';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels, selectorLabels} from '../lib/labels.ts';
import {literalValues} from '../lib/literal.ts';
import {componentName, ports} from '../lib/names.ts';
import {configChecksum} from '../workload/checksum.ts';
import {keepRestarts} from '../workload/restarts.ts';
import {secretMounts, secretVolumes} from '../workload/secret-volumes.ts';
import {containerSecurity, podSecurity, uids} from '../workload/security.ts';
import {apiEndpoint} from './endpoint.ts';
import {appPodResources} from './resources.ts';
import {appSecretFiles, appSettings, configFile, configFolder} from './settings.ts';

export interface AppDeploymentProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** The service's pods. How many there are is the autoscaler's to say: `replicas` is left out. */
export class AppDeployment extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment}: AppDeploymentProps) {
    super(scope, id);
    const {namespace, images, app} = environment;
    const name = componentName('app');
    const labels = componentLabels(environmentName, 'app');
    const data = {[configFile]: stringify(environment.service)};
    const secrets = appSecretFiles(environment);
    const resources = appPodResources(environment);
    // The kubelet verifies no certificate: it calls the pod by its address.
    const probe = (path: string) => ({
      httpGet: {path, port: 'api', scheme: apiEndpoint(environment).scheme.toUpperCase()},
      periodSeconds: 5,
      timeoutSeconds: 3,
    });
    const spread = {
      labelSelector: [{matchLabels: selectorLabels('app')}],
      // Only pods of the same revision count: else a roll-out spreads the new ones around the old ones.
      matchLabelKeys: ['pod-template-hash'],
      maxSkew: 1,
    };

    new ConfigMapV1(this, 'config', {metadata: {name, namespace, labels}, data: literalValues(data)});
    new DeploymentV1(this, 'deployment', {
      lifecycle: keepRestarts,
      metadata: {name, namespace, labels},
      spec: {
        selector: {matchLabels: selectorLabels('app')},
        strategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: '0', maxSurge: '25%'}},
        template: {
          metadata: {labels, annotations: configChecksum(data)},
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: podSecurity(environment, uids.app),
            // After the delay and the draining, 5 s to close connections and flush logs.
            terminationGracePeriodSeconds: app.drainDelaySeconds + app.shutdownTimeoutSeconds + 5,
            imagePullSecrets: images.pullSecrets.map((secret) => ({name: secret})),
            topologySpreadConstraint: [
              // Honor: a node that is down or cordoned does not count as an empty one.
              {
                ...spread,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'DoNotSchedule',
                nodeTaintsPolicy: 'Honor',
              },
              {...spread, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway'},
            ],
            container: [
              {
                name: 'app',
                image: images.app,
                imagePullPolicy: images.pullPolicy,
                env: Object.entries(literalValues(appSettings(environment))).map(([key, value]) => ({
                  name: key,
                  value,
                })),
                port: [
                  {name: 'api', containerPort: ports.api},
                  {name: 'peers', containerPort: ports.peers},
                  {name: 'metrics', containerPort: ports.metrics},
                ],
                securityContext: containerSecurity,
                resources: {
                  requests: {cpu: `${resources.cpuRequestMillis}m`, memory: `${resources.memoryRequestMiB}Mi`},
                  limits: {memory: `${resources.memoryLimitMiB}Mi`},
                },
                startupProbe: {...probe('/livez'), periodSeconds: 1, failureThreshold: 60},
                readinessProbe: {...probe('/readyz'), failureThreshold: 2},
                // 10 s: on a node that is short of CPU a pod answers late, and killing it makes that worse.
                livenessProbe: {...probe('/livez'), periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 3},
                volumeMount: [{name: 'config', mountPath: configFolder, readOnly: true}, ...secretMounts(secrets)],
              },
            ],
            volume: [{name: 'config', configMap: {name}}, ...secretVolumes(secrets)],
          },
        },
      },
    });
  }
}
