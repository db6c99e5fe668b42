import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {stackNames} from '../infra/lib/names.ts';
import {manifestsOf} from '../infra/plain/manifests.ts';
import {kubernetesYaml} from '../infra/plain/yaml.ts';
import {environmentFrom, raw, synthesise} from './testing.ts';

const synthesised = synthesise(environmentFrom(`context: a\nnamespace: b\nservice: {template: "\${code}"}\n`));
const {stacks, resources} = synthesised;
const manifests = stackNames.flatMap((stack) => manifestsOf(stacks[stack] as object));
const find = (kind: string, name: string) =>
  manifests.find((each) => Reflect.get(each, 'kind') === kind && Object(each).metadata.name === name);

describe('plain manifests', () => {
  it('are all that the stacks make', () => {
    const inCharts = resources.filter(({type}) => type === 'helm_release');
    expect(manifests).toHaveLength(resources.length - inCharts.length + raw(synthesised).length);
    for (const manifest of manifests)
      expect(manifest).toMatchObject({
        apiVersion: expect.any(String),
        kind: expect.any(String),
        metadata: {name: expect.any(String)},
      });
  });

  it("have no field in Terraform's spelling", () => {
    const fields = (value: unknown): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, below]) => [key, ...fields(below)])
        : [];
    expect(fields(manifests).filter((field) => field.includes('_'))).toEqual([]);
  });

  it('have lists, numbers and modes as Kubernetes wants them', () => {
    expect(find('Deployment', 'otp-app')).toMatchObject({
      spec: {
        strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: '25%'}},
        template: {
          spec: {
            securityContext: {runAsUser: 10001},
            containers: [{ports: [{containerPort: 8080}, {containerPort: 9443}, {containerPort: 9464}]}],
            topologySpreadConstraints: [{labelSelector: {matchLabels: {'app.kubernetes.io/component': 'app'}}}, {}],
            volumes: expect.arrayContaining([
              expect.objectContaining({secret: expect.objectContaining({defaultMode: 0o440})}),
            ]),
          },
        },
      },
    });
    expect(find('HorizontalPodAutoscaler', 'otp-app')).toMatchObject({
      spec: {behavior: {scaleUp: {policies: [{type: 'Percent'}]}}},
    });
    expect(find('Service', 'otp-app-peers')).toMatchObject({spec: {clusterIP: 'None'}});
  });

  it('carry text as it was written', () => {
    expect(parse(Object(find('ConfigMap', 'otp-app')).data['otp.yaml'])).toEqual({template: `\${code}`});
    expect(Object(find('ConfigMap', 'otp-redis')).data['render-acl.sh']).toContain(`"s/@hash:\${file##*/}@/`);
  });

  it('are read by parsers of YAML 1.1 as they are meant: "on" is a text', () => {
    for (const manifest of manifests) expect(parse(kubernetesYaml(manifest), {version: '1.1'})).toEqual(manifest);
  });

  it('hold nothing that is for Terraform alone', () => {
    for (const manifest of manifests) expect(Object.keys(manifest)).not.toContain('dependsOn');
  });

  it('contain what travels in a chart', () => {
    expect(find('PodDisruptionBudget', 'otp-app')).toMatchObject({spec: {maxUnavailable: 1}});
  });
});
