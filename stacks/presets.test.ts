import {describe, expect, it} from 'vitest';
import {at, environmentFrom, list, synthesise} from './testing.ts';

/** What vendors of controllers demand, by their own documents; none of these clusters was at hand. */
const of = (preset: string) => {
  const loaded = environmentFrom(
    `context: a\nnamespace: b\npreset: ${preset}\nexposure: {host: otp.example.com, from: {cidrs: [192.0.2.0/24]}}\n`,
  );
  const {of: resources} = synthesise(loaded);
  const [ingress] = resources('kubernetes_ingress_v1');
  const [deployment] = resources('kubernetes_deployment_v1');
  const annotations = at(ingress, 'metadata.annotations') as unknown as Record<string, string>;
  return {ingress, deployment, annotations, environment: loaded.environment};
};
const seconds = (annotations: Record<string, string>, name: string) =>
  Number(/\d+$/.exec(annotations[`alb.ingress.kubernetes.io/${name}`] ?? '')?.[0]);

describe('the Ingress of a platform', () => {
  it('is GKE’s by its annotation alone: where the field names a class, GKE takes no action', () => {
    const {ingress, annotations} = of('gke');
    expect(annotations).toEqual({'kubernetes.io/ingress.class': 'gce'});
    expect(at(ingress, 'spec')).not.toHaveProperty('ingress_class_name');
  });

  it.each(['generic', 'kind', 'k3s', 'eks', 'aks', 'openshift'])(
    'is of its class by the field elsewhere: %s',
    (preset) => {
      const {ingress, annotations, environment} = of(preset);
      expect(annotations).not.toHaveProperty(['kubernetes.io/ingress.class']);
      expect(at(ingress, 'spec.ingress_class_name')).toBe(environment.exposure.ingressClass);
    },
  );

  it('has an ALB look more seldom than it waits for an answer: it refuses the contrary', () => {
    const {annotations} = of('eks');
    const [interval, timeout] = ['healthcheck-interval-seconds', 'healthcheck-timeout-seconds'].map((name) =>
      seconds(annotations, name),
    );
    expect(interval).toBeGreaterThanOrEqual(5);
    expect(timeout).toBeGreaterThanOrEqual(2);
    expect(timeout).toBeLessThan(interval ?? 0);
    expect(annotations).toMatchObject({
      'alb.ingress.kubernetes.io/target-type': 'ip',
      'alb.ingress.kubernetes.io/backend-protocol': 'HTTPS',
      'alb.ingress.kubernetes.io/healthcheck-protocol': 'HTTPS',
      'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
    });
  });

  it.each([
    ['eks', 60],
    ['gke', 40],
  ])(
    'of %s has pods that serve on until a balancer outside the cluster has noticed that they leave',
    (preset, least) => {
      const {deployment, annotations} = of(preset);
      const variables = list(deployment, 'spec.template.spec.container.0.env');
      const delay = Number(variables.find(({name}) => String(name) === 'DRAIN_DELAY_SECONDS')?.value);
      expect(delay).toBeGreaterThanOrEqual(least);
      expect(at(deployment, 'spec.template.spec.termination_grace_period_seconds')).toBeGreaterThan(delay);
      if (preset === 'eks') expect(seconds(annotations, 'target-group-attributes')).toBeLessThanOrEqual(delay);
    },
  );
});
