import {describe, expect, it} from 'vitest';
import type {Manifest} from '../infra/checks/manifests.ts';
import {schemaFaults} from '../infra/checks/schemas.ts';
import {loadEnvironment} from '../infra/environment/load.ts';
import {presetNames} from '../infra/environment/preset-names.ts';
import {stackNames} from '../infra/lib/names.ts';
import {projectRoot} from '../infra/lib/project-root.ts';
import {manifestsOf} from '../infra/plain/manifests.ts';
import {environmentFrom, synthesise, withScheduledRuns} from './testing.ts';

const manifestsFrom = (loaded: ReturnType<typeof environmentFrom>) => {
  const {stacks} = synthesise(loaded);
  return stackNames.flatMap((stack) => manifestsOf(stacks[stack] as object)) as Manifest[];
};
const minimal = 'context: a\nnamespace: b\n';
const example = manifestsFrom(loadEnvironment('example', projectRoot));

describe('the objects, as the API server would read them', () => {
  it.each<[string, Manifest[]]>([
    ['example', example],
    ['all there is', manifestsFrom(environmentFrom(`${minimal}${withScheduledRuns}observability: {enabled: true}\n`))],
    ['one Redis', manifestsFrom(environmentFrom(`${minimal}redis: {mode: single}\n`))],
    [
      'a Gateway',
      manifestsFrom(environmentFrom(`${minimal}exposure: {kind: gateway, gateway: {name: c, namespace: d}}\n`)),
    ],
    [
      'a load balancer',
      manifestsFrom(environmentFrom(`${minimal}exposure: {kind: loadBalancer, from: {cidrs: [192.0.2.0/24]}}\n`)),
    ],
    [
      'cert-manager',
      manifestsFrom(
        environmentFrom(`${minimal}certManager: {issuer: {name: c, kind: ClusterIssuer}, publicIssuer: {name: d, kind: Issuer}}
exposure: {host: otp.example.com, tls: true}
`),
      ),
    ],
    [
      'an external Redis',
      manifestsFrom(
        environmentFrom(
          `${minimal}redis: {mode: external, external: {url: "rediss://r:6379", to: {cidrs: [192.0.2.0/24], ports: [6379]}}}\n`,
        ),
      ),
    ],
    ...presetNames.map((preset): [string, Manifest[]] => [
      `preset ${preset}`,
      manifestsFrom(
        environmentFrom(
          `${minimal}preset: ${preset}\nexposure: {host: otp.example.com, from: {cidrs: [192.0.2.0/24]}}\n`,
        ),
      ),
    ]),
  ])('%s has no unknown field and no wrong type', (_name, manifests) => {
    expect(manifests.flatMap(schemaFaults)).toEqual([]);
  });

  const deployment = example.find(({kind}) => kind === 'Deployment') as Manifest;

  it('are refused with a field that does not exist, with its place', () => {
    const misspelt = structuredClone(deployment) as Manifest & {spec: {template: {spec: Record<string, unknown>}}};
    misspelt.spec.template.spec.terminationGracePeriod = 5;
    expect(schemaFaults(misspelt).join()).toContain('/spec/template/spec must NOT have additional properties');
  });

  it('are refused with a value of another type', () => {
    expect(schemaFaults({...deployment, spec: {...Object(deployment.spec), minReadySeconds: 'soon'}}).join()).toContain(
      '/spec/minReadySeconds',
    );
  });

  it('are refused when nobody has a schema of their kind', () => {
    expect(() => schemaFaults({...deployment, kind: 'Daemon'})).toThrow(/daemon-apps-v1\.json/);
  });
});
