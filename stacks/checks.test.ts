import {describe, expect, it} from 'vitest';
import type {Manifest} from '../infra/checks/manifests.ts';
import type {Installation} from '../infra/checks/rule.ts';
import {rules} from '../infra/checks/rules/index.ts';
import {loadEnvironment} from '../infra/environment/load.ts';
import {stackNames} from '../infra/lib/names.ts';
import {projectRoot} from '../infra/lib/project-root.ts';
import {manifestsOf} from '../infra/plain/manifests.ts';
import {requiredSecrets} from '../infra/secrets/catalogue.ts';
import {environmentFrom, synthesise, withScheduledRuns} from './testing.ts';

function installation(loaded: ReturnType<typeof environmentFrom>): Installation {
  const {stacks} = synthesise(loaded);
  return {
    manifests: stackNames.flatMap((stack) => manifestsOf(stacks[stack] as object)) as Manifest[],
    secrets: new Set(requiredSecrets(loaded.environment).keys()),
  };
}

const minimal = 'context: a\nnamespace: b\n';
const everything = `${minimal}${withScheduledRuns}observability: {enabled: true}\n`;
const whole = installation(environmentFrom(everything));

describe.each([
  ['example', installation(loadEnvironment('example', projectRoot))],
  ['kind', installation(loadEnvironment('kind', projectRoot))],
  ['all there is', whole],
  ['one Redis', installation(environmentFrom(`${minimal}redis: {mode: single}\n`))],
  ['OpenShift', installation(environmentFrom(`${minimal}preset: openshift\nexposure: {host: otp.example.com}\n`))],
  [
    'a Gateway',
    installation(environmentFrom(`${minimal}exposure: {kind: gateway, gateway: {name: c, namespace: d}}\n`)),
  ],
  [
    'a load balancer',
    installation(environmentFrom(`${minimal}exposure: {kind: loadBalancer, from: {cidrs: [192.0.2.0/24]}}\n`)),
  ],
])('%s', (_name, installed) => {
  it.each(rules)('$name', ({findings}) => {
    expect(findings(installed)).toEqual([]);
  });
});

interface Break {
  readonly rule: (typeof rules)[number]['name'];
  /** Kind and name of the object that is changed, or taken away where there is no path. */
  readonly object: string;
  readonly path?: string;
  /** undefined takes the field away. */
  readonly value?: unknown;
  readonly found: string;
}

const pod = 'spec.template.spec';
const container = `${pod}.containers.0`;
/** Every rule is broken at least once, in a real installation. */
const breaks: readonly Break[] = [
  ...[
    ['readOnlyRootFilesystem', 'readOnlyRootFilesystem is undefined'],
    ['runAsNonRoot', 'runAsNonRoot is undefined'],
    ['capabilities', 'not all capabilities are dropped'],
  ].map(([field, found = '']) => ({
    rule: 'every container satisfies Pod Security "restricted" by itself',
    object: 'Deployment otp-app',
    path: `${container}.securityContext.${field}`,
    found,
  })),
  {
    rule: 'every container satisfies Pod Security "restricted" by itself',
    object: 'CronJob otp-load-smoke',
    path: 'spec.jobTemplate.spec.template.spec.securityContext.seccompProfile',
    found: 'seccompProfile',
  },
  {
    rule: 'every container asks for CPU and memory and has a memory limit',
    object: 'StatefulSet otp-redis',
    path: `${pod}.containers.2.resources.limits`,
    found: 'otp-redis/exporter: no limits.memory',
  },
  {
    rule: 'every container that stays has the three probes, and is not killed for what only unreadies it',
    object: 'StatefulSet otp-redis',
    path: `${container}.startupProbe`,
    found: 'no startupProbe',
  },
  {
    rule: 'every container that stays has the three probes, and is not killed for what only unreadies it',
    object: 'Deployment otp-app',
    path: `${container}.livenessProbe.httpGet.path`,
    value: '/readyz',
    found: 'livenessProbe asks what readinessProbe asks',
  },
  {
    rule: 'every image has a tag or digest, and none is "latest"',
    object: 'Deployment otp-app',
    path: `${container}.image`,
    value: 'otp-service:latest',
    found: 'otp-service:latest',
  },
  ...['otp-app', 'otp-redis'].map((name) => ({
    rule: 'every workload that stays has a disruption budget that lets one pod go',
    object: `PodDisruptionBudget ${name}`,
    found: name,
  })),
  {
    rule: 'who is scaled by an autoscaler has no number of replicas, and at least two of them',
    object: 'Deployment otp-app',
    path: 'spec.replicas',
    value: 3,
    found: 'replicas 3 beside an autoscaler',
  },
  {
    rule: 'who is scaled by an autoscaler has no number of replicas, and at least two of them',
    object: 'HorizontalPodAutoscaler otp-app',
    path: 'spec.minReplicas',
    value: 1,
    found: 'minReplicas 1',
  },
  ...['otp-app', 'otp-redis', 'otp-load', 'otp-chaos'].map((name) => ({
    rule: 'every workload has a policy of its own beside the one that denies all',
    object: `NetworkPolicy ${name}`,
    found: `${name}`,
  })),
  {
    rule: 'every workload has a policy of its own beside the one that denies all',
    object: 'NetworkPolicy otp-default-deny',
    found: 'nothing denies',
  },
  {
    rule: 'every selector selects pods that there are',
    object: 'Service otp-app',
    path: 'spec.selector',
    value: {'app.kubernetes.io/component': 'web'},
    found: 'selects no pod',
  },
  ...[
    ['Service otp-app', 'spec.ports.0.targetPort', 'otp-app has no port nowhere'],
    ['PodMonitor otp-redis', 'spec.podMetricsEndpoints.0.port', 'otp-redis has no port nowhere'],
    ['Deployment otp-app', `${container}.readinessProbe.httpGet.port`, 'a probe asks port nowhere'],
    ['Ingress otp-app', 'spec.rules.0.http.paths.0.backend.service.port.name', 'Service otp-app has no port nowhere'],
  ].map(([object = '', path = '', found = '']) => ({
    rule: 'every port that is named or numbered elsewhere exists in the pods that it is about',
    object,
    path,
    value: 'nowhere',
    found,
  })),
  ...[
    ['ConfigMap otp-app', 'ConfigMap otp-app is not there'],
    ['ServiceAccount otp-chaos', 'ServiceAccount otp-chaos is not there'],
    ['Role otp-chaos', 'Role otp-chaos is not there'],
  ].map(([object = '', found = '']) => ({
    rule: 'everything that is referred to is defined, or is a Secret that the deploy checks for',
    object,
    found,
  })),
  {
    rule: 'everything that is referred to is defined, or is a Secret that the deploy checks for',
    object: 'Deployment otp-app',
    path: `${pod}.volumes.1.secret.secretName`,
    value: 'otp-forgotten',
    found: 'Secret otp-forgotten is not there',
  },
  {
    rule: 'no object holds a secret: pods get them as files, by name',
    object: 'Deployment otp-app',
    path: `${container}.env.0`,
    value: {name: 'REDIS_PASSWORD', value: 'x'},
    found: 'variable REDIS_PASSWORD',
  },
  {
    rule: 'no object holds a secret: pods get them as files, by name',
    object: 'ConfigMap otp-app',
    path: 'data.key',
    value: '-----BEGIN PRIVATE KEY-----',
    found: 'ConfigMap otp-app holds a key',
  },
];

function broken({object, path, value}: Break): Installation {
  const manifests = structuredClone(whole.manifests) as Manifest[];
  const index = manifests.findIndex(({kind, metadata}) => `${kind} ${metadata.name}` === object);
  if (index < 0) throw new Error(`${object} is not in the installation`);
  if (path === undefined) return {...whole, manifests: manifests.toSpliced(index, 1)};
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((at: object, key) => Reflect.get(at, key) as object, manifests[index] as object);
  if (value === undefined && !Reflect.has(parent, last)) throw new Error(`${object} has nothing at ${path}`);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
  return {...whole, manifests};
}

describe('the rules', () => {
  it.each(breaks)('$rule: $object $path', (change) => {
    const rule = rules.find(({name}) => name === change.rule);
    expect(rule?.findings(broken(change)).join('\n')).toContain(change.found);
  });

  it('are each broken by a case', () => {
    const tried = new Set(breaks.map(({rule}) => rule));
    expect(rules.map(({name}) => name).filter((name) => !tried.has(name))).toEqual([]);
  });
});
