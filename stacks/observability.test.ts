import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {App, TerraformStack} from '../infra/lib/cdk.ts';
import {RawManifests} from '../infra/lib/raw-manifests.ts';
import {prometheusRule} from '../infra/observability/rules.ts';
import {at, environmentFrom, type Json, list, raw, synthesise} from './testing.ts';

const minimal = 'context: a\nnamespace: b\nobservability: {enabled: true, labels: {release: prometheus}}\n';
const loaded = environmentFrom(minimal);
const synthesised = synthesise(loaded);
const ofKind = (kind: string) => raw(synthesised).filter((manifest) => String(manifest.kind) === kind);

/** The release that Terraform compares, for these manifests. */
function releaseOf(manifests: readonly object[]): Json {
  const outdir = mkdtempSync(join(tmpdir(), 'otp-synth-'));
  try {
    const app = new App({outdir});
    new RawManifests(new TerraformStack(app, 'trial'), 'manifests', {
      name: 'a',
      namespace: 'b',
      context: 'c',
      manifests,
    });
    app.synth();
    const json = JSON.parse(readFileSync(join(outdir, 'stacks/trial/cdk.tf.json'), 'utf8')) as Json;
    return list(json, 'resource.helm_release')[0] as Json;
  } finally {
    rmSync(outdir, {recursive: true});
  }
}

describe('observability', () => {
  it('is monitors, rules and dashboards, found by the labels that the environment names', () => {
    expect(ofKind('PodMonitor').map((monitor) => at(monitor, 'metadata.name'))).toContain('otp-app');
    for (const manifest of [...ofKind('PodMonitor'), ...ofKind('PrometheusRule')])
      expect(at(manifest, 'metadata.labels')).toMatchObject({release: 'prometheus', 'otp/environment': 'trial'});
    const dashboards = synthesised
      .of('kubernetes_config_map_v1')
      .filter((map) => String(at(map, 'metadata.name')).startsWith('otp-dashboard-'));
    expect(dashboards).toHaveLength(2);
    for (const dashboard of dashboards) {
      expect(at(dashboard, 'metadata.labels')).toMatchObject({grafana_dashboard: '1'});
      for (const text of Object.values(at(dashboard, 'data')))
        expect(JSON.parse(String(text).replaceAll('$${', '${'))).toMatchObject({tags: ['otp-service', 'trial']});
    }
  });

  it.each([
    ['otp-app', 'kubernetes_deployment_v1'],
    ['otp-redis', 'kubernetes_stateful_set_v1'],
  ])('scrapes ports that the pods of %s have', (name, type) => {
    const monitor = ofKind('PodMonitor').find((each) => String(at(each, 'metadata.name')) === name);
    const pod = at(synthesised.of(type)[0], 'spec.template');
    expect(at(pod, 'metadata.labels')).toMatchObject(at(monitor, 'spec.selector.matchLabels'));
    const ports = list(pod, 'spec.container')
      .flatMap((container) => Object.values(container.port ?? {}))
      .map((port) => at(port, 'name'));
    for (const endpoint of list(monitor, 'spec.podMetricsEndpoints')) expect(ports).toContain(endpoint.port);
  });

  it('shows Terraform a difference when one expression of one rule changes', () => {
    const rule = prometheusRule(loaded.name, loaded.environment);
    const changed = structuredClone(rule);
    const last = changed.spec.groups.at(-1)?.rules.at(-1) as {expr: string};
    last.expr += ' + 0';
    const [before, after] = [releaseOf([rule]), releaseOf([changed])];
    expect(at(after, 'values')).not.toEqual(at(before, 'values'));
    expect({...after, values: null}).toEqual({...before, values: null});
  });

  it('asks nothing of what an environment does not have', () => {
    const alone = synthesise(environmentFrom(`${minimal}redis: {mode: single}\n`));
    const text = JSON.stringify(raw(alone).filter(({kind}) => String(kind) === 'PrometheusRule'));
    expect(text).toContain('OtpNoPods');
    expect(text).not.toMatch(/OtpScheduledRun|OtpRedis|OtpSentinel/);
    expect(JSON.stringify(ofKind('PrometheusRule'))).toContain('OtpRedisNoMaster');
  });

  it('that is not wanted leaves nothing', () => {
    const {stacks} = synthesise(environmentFrom('context: a\nnamespace: b\n'));
    expect(stacks.observability).not.toHaveProperty('resource');
  });
});
