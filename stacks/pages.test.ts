import {describe, expect, it} from 'vitest';
import {type Manifest, workloadsOf} from '../infra/checks/manifests.ts';
import {commandsOf} from '../infra/docs/commands.ts';
import {stackNames} from '../infra/lib/names.ts';
import {manifestsOf} from '../infra/plain/manifests.ts';
import {exclusiveLease} from '../infra/resilience/exclusive.ts';
import {requiredSecrets} from '../infra/secrets/catalogue.ts';
import {appAuthority} from '../infra/secrets/names.ts';
import {environmentFrom, synthesise, withScheduledRuns} from './testing.ts';

const loaded = environmentFrom(
  `context: a\nnamespace: otp\n${withScheduledRuns}observability: {enabled: true}\nexposure: {host: otp.example.com, tls: true}\n`,
);
const {stacks} = synthesise(loaded);
const manifests = stackNames.flatMap((stack) => manifestsOf(stacks[stack] as object)) as Manifest[];
const workloads = workloadsOf(manifests);

const kinds: Readonly<Record<string, string>> = {
  deploy: 'Deployment',
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  hpa: 'HorizontalPodAutoscaler',
  cronjob: 'CronJob',
  networkpolicy: 'NetworkPolicy',
  configmap: 'ConfigMap',
  resourcequota: 'ResourceQuota',
  service: 'Service',
  ingress: 'Ingress',
};
const secrets = new Set([...requiredSecrets(loaded.environment).keys(), appAuthority, 'otp-smtp', 'otp-api-key']);
const pods = [0, 1, 2].map((ordinal) => `otp-redis-${ordinal}`);

describe('kubectl, on every page', () => {
  const commands = commandsOf('kubectl').filter(({text}) => /\bkubectl -n otp /.test(text));

  it('is about objects that the stacks make', () => {
    const named = commands.flatMap(({page, text}) =>
      [...text.matchAll(/(?<![\w/])([a-z]+)[/ ]((?:data-)?otp-[a-z0-9-]*[a-z0-9])(?![\w…-])/g)].map(
        ([, kind = '', name = '']) => ({page, kind, name}),
      ),
    );
    expect(named.length).toBeGreaterThan(40);
    const unknown = named.filter(({kind, name}) => {
      if (kind === 'secret' || kind === 'generic') return !secrets.has(name);
      if (kind === 'pvc') return !pods.map((pod) => `data-${pod}`).includes(name);
      if (kind === 'lease') return name !== exclusiveLease;
      if (kind === 'certificate') return !secrets.has(name);
      const wanted = kinds[kind];
      // A pod, by its name alone.
      if (wanted === undefined) return !pods.includes(name);
      return !manifests.some((manifest) => manifest.kind === wanted && manifest.metadata.name === name);
    });
    expect(unknown).toEqual([]);
  });

  it('asks containers that the pods have', () => {
    const containers = new Set(workloads.flatMap(({pod}) => pod.containers.map(({name}) => name)));
    const asked = commands
      .flatMap(({text}) => [...text.matchAll(/ -c ([a-z]+)/g)].map(([, name = '']) => name))
      .filter((name) => name !== 'sh');
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !containers.has(name))).toEqual([]);
  });

  it('selects by labels that the pods have', () => {
    const labels = new Set(
      workloads.flatMap((workload) => Object.entries(workload.labels).map((pair) => pair.join('='))),
    );
    const asked = commands.flatMap(({text}) =>
      [...text.matchAll(/ -l (app\.kubernetes\.io\/[a-z]+=[a-z]+)/g)].map(([, label = '']) => label),
    );
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((label) => !labels.has(label))).toEqual([]);
  });
});
