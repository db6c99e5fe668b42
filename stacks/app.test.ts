import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {at, environmentFrom, list, synthesise} from './testing.ts';

const minimal = 'context: a\nnamespace: b\n';
const loaded = environmentFrom(minimal);
const {of} = synthesise(loaded);
const deployment = of('kubernetes_deployment_v1')[0];

describe('the app', () => {
  it('leaves the number of its pods to the autoscaler', () => {
    const target = at(of('kubernetes_horizontal_pod_autoscaler_v2')[0], 'spec.scale_target_ref');
    expect(target).toEqual({api_version: 'apps/v1', kind: 'Deployment', name: at(deployment, 'metadata.name')});
    expect(at(deployment, 'spec')).not.toHaveProperty('replicas');
  });

  it('has three pods at rest unless the environment says otherwise', () => {
    expect(at(of('kubernetes_horizontal_pod_autoscaler_v2')[0], 'spec.min_replicas')).toBe(3);
  });

  it("writes the autoscaler's behaviour in the keys that Terraform knows", () => {
    const behavior = at(of('kubernetes_horizontal_pod_autoscaler_v2')[0], 'spec.behavior');
    for (const direction of ['scale_up', 'scale_down'])
      expect(at(behavior, `${direction}.0.policy.0.period_seconds`)).toBeGreaterThan(0);
  });

  it('gives up no pod before its successor is ready', () => {
    expect(at(deployment, 'spec.strategy.rolling_update')).toEqual({max_unavailable: '0', max_surge: '25%'});
  });

  it('loses at most one serving pod to a drain, and holds no node for pods that do not serve', () => {
    const [release] = of('helm_release');
    expect(parse(String(at(release, 'values.0')))).toMatchObject({
      manifests: [{kind: 'PodDisruptionBudget', spec: {maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow'}}],
    });
  });

  it('is spread over hosts, revision by revision, and over zones where there are any', () => {
    const spread = list(deployment, 'spec.template.spec.topology_spread_constraint');
    expect(spread).toMatchObject([
      {topology_key: 'kubernetes.io/hostname', match_label_keys: ['pod-template-hash']},
      {topology_key: 'topology.kubernetes.io/zone', when_unsatisfiable: 'ScheduleAnyway'},
    ]);
  });

  it('has time for delay and draining before it is killed', () => {
    const slow = synthesise(environmentFrom(`${minimal}app: {drainDelaySeconds: 20, shutdownTimeoutSeconds: 60}\n`));
    expect(at(slow.of('kubernetes_deployment_v1')[0], 'spec.template.spec.termination_grace_period_seconds')).toBe(85);
  });

  it('talks to Redis over TLS as a user of its own', () => {
    const variables = list(deployment, 'spec.template.spec.container.0.env').map((variable) => [
      variable.name,
      variable.value,
    ]);
    expect(Object.fromEntries(variables)).toMatchObject({
      REDIS_URL: 'rediss://otp-redis.b.svc:6379/0',
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD_FILE: '/run/secrets/otp/redis-app/password',
      REDIS_CA_FILE: '/run/secrets/otp/redis-tls/ca.crt',
    });
  });

  it('has a headless Service by which the pods find one another, ready or not', () => {
    const peers = of('kubernetes_service_v1').find(
      (service) => String(at(service, 'metadata.name')) === 'otp-app-peers',
    );
    expect(at(peers, 'spec')).toMatchObject({cluster_ip: 'None', publish_not_ready_addresses: true});
  });
});

describe('exposure', () => {
  it('is an Ingress of the configured class, with TLS when asked for', () => {
    const ingress = synthesise(
      environmentFrom(`${minimal}exposure: {ingressClass: special, host: otp.example.com, tls: true}\n`),
    ).of('kubernetes_ingress_v1');
    expect(at(ingress[0], 'spec')).toMatchObject({
      ingress_class_name: 'special',
      rule: [{host: 'otp.example.com'}],
      tls: [{hosts: ['otp.example.com'], secret_name: 'otp-ingress-tls'}],
    });
  });

  it('none makes no Ingress and lets no controller in', () => {
    const closed = synthesise(environmentFrom(`${minimal}exposure: {kind: none}\n`));
    expect(closed.of('kubernetes_ingress_v1')).toEqual([]);
    expect(closed.text).not.toContain('traefik');
  });
});
