import type {Environment} from '../environment/schema.ts';
import {ports} from '../lib/names.ts';
import {type SecretFile, secretPath} from '../secrets/files.ts';
import {exporterPasswords, redisTls, redisUserSecret} from '../secrets/names.ts';
import {secretMounts} from '../workload/secret-volumes.ts';
import {containerSecurity} from '../workload/security.ts';
import {configFolder, dataFolder, redisSecretFiles, runFolder} from './files.ts';
import {type ContainerResources, redisResources} from './resources.ts';

const script = (name: string, ...args: string[]) => ['sh', `${configFolder}/${name}`, ...args];
const probe = (question: 'alive' | 'ready' | 'sentinel-alive' | 'sentinel-ready') => ({
  exec: {command: script('probe.sh', question)},
  periodSeconds: 5,
  timeoutSeconds: 5,
});
const sizes = ({cpuRequestMillis, memoryRequestMiB, memoryLimitMiB}: ContainerResources) => ({
  requests: {cpu: `${cpuRequestMillis}m`, memory: `${memoryRequestMiB}Mi`},
  limits: {memory: `${memoryLimitMiB}Mi`},
});
const mounts = [
  {name: 'config', mountPath: configFolder, readOnly: true},
  {name: 'run', mountPath: runFolder},
  {name: 'data', mountPath: dataFolder},
  ...secretMounts(redisSecretFiles),
];

/** Redis itself; with replicas it hands over before it stops. */
export function redisContainer(environment: Environment, mode: 'single' | 'replicated') {
  const {images} = environment;
  return {
    name: 'redis',
    image: images.redis,
    imagePullPolicy: images.pullPolicy,
    command: script(mode === 'single' ? 'start-single.sh' : 'start-redis.sh'),
    port: [
      {name: 'redis', containerPort: ports.redis},
      ...(mode === 'single' ? [] : [{name: 'waiting', containerPort: ports.waiting}]),
    ],
    securityContext: containerSecurity,
    resources: sizes(redisResources(environment).redis),
    // Reading a long file takes minutes, and with replicas a pod may wait for the others: both answer as "alive".
    startupProbe: {...probe('alive'), periodSeconds: 2, failureThreshold: 30},
    readinessProbe: {...probe('ready'), failureThreshold: 2},
    livenessProbe: {...probe('alive'), periodSeconds: 20, failureThreshold: 3},
    ...(mode === 'single' ? {} : {lifecycle: {preStop: [{exec: {command: script('stop-redis.sh')}}]}}),
    volumeMount: mounts,
  };
}

export function sentinelContainer(environment: Environment) {
  const {images} = environment;
  return {
    name: 'sentinel',
    image: images.redis,
    imagePullPolicy: images.pullPolicy,
    command: script('start-sentinel.sh'),
    port: [{name: 'sentinel', containerPort: ports.sentinel}],
    securityContext: containerSecurity,
    resources: sizes(redisResources(environment).sentinel),
    // A new one waits until there is a master to watch: 10 min, then it begins anew.
    startupProbe: {...probe('sentinel-ready'), periodSeconds: 2, failureThreshold: 300},
    readinessProbe: {...probe('sentinel-ready'), periodSeconds: 20, failureThreshold: 2},
    livenessProbe: {...probe('sentinel-alive'), periodSeconds: 30, failureThreshold: 3},
    lifecycle: {preStop: [{exec: {command: script('stop-sentinel.sh')}}]},
    volumeMount: mounts,
  };
}

const exporterPassword: SecretFile = {secret: redisUserSecret('exporter').name, key: exporterPasswords};
const authority: SecretFile = {secret: redisTls.name, key: redisTls.ca};

/** What the exporter reads, besides the authority. */
export const exporterFiles: readonly SecretFile[] = [exporterPassword, authority];

/** `/metrics` is Redis; `/scrape?target=rediss://localhost:26379` is Sentinel, by the same user. */
export function exporterContainer(environment: Environment) {
  const {images} = environment;
  const settings = {
    REDIS_ADDR: `rediss://localhost:${ports.redis}`,
    REDIS_USER: 'exporter',
    REDIS_PASSWORD_FILE: secretPath(exporterPassword),
    REDIS_EXPORTER_TLS_CA_CERT_FILE: secretPath(authority),
    // Its user may not read Redis' settings: the replicas' password is among them.
    REDIS_EXPORTER_CONFIG_COMMAND: '-',
  };
  const http = (path: string) => ({httpGet: {path, port: 'exporter'}, timeoutSeconds: 3});
  return {
    name: 'exporter',
    image: images.exporter,
    imagePullPolicy: images.pullPolicy,
    env: Object.entries(settings).map(([name, value]) => ({name, value})),
    port: [{name: 'exporter', containerPort: ports.exporter}],
    securityContext: containerSecurity,
    resources: sizes(redisResources(environment).exporter),
    startupProbe: {...http('/health'), periodSeconds: 1, failureThreshold: 60},
    readinessProbe: {...http('/'), periodSeconds: 10, failureThreshold: 2},
    livenessProbe: {...http('/health'), periodSeconds: 10, failureThreshold: 3},
    volumeMount: secretMounts(exporterFiles),
  };
}
