import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {projectRoot} from '../lib/project-root.ts';
import {EnvironmentError} from './errors.ts';
import {fileSchema} from './file-schema.ts';
import {jsonSchemaFile} from './json-schema.ts';
import {loadEnvironment} from './load.ts';
import {presetNames} from './preset-names.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'otp-environment-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

function load(yaml: string, file = 'trial.yaml') {
  writeFileSync(join(folder, file), yaml);
  return loadEnvironment(join(folder, file), projectRoot);
}

/** The lines without the file's folder. */
function faults(yaml: string): string[] {
  try {
    load(yaml);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults.map((fault) => fault.replaceAll(`${folder}/`, ''));
    throw error;
  }
  return [];
}

const minimal = 'context: a\nnamespace: b\n';

describe('an environment', () => {
  it.each(readdirSync(join(projectRoot, 'environments')).filter((file) => /(?<!\.local)\.yaml$/.test(file)))(
    '%s is valid',
    (file) => {
      expect(loadEnvironment(join(projectRoot, 'environments', file), projectRoot).name).toBe(
        file.replace('.yaml', ''),
      );
    },
  );

  it('needs no more than context and namespace', () => {
    expect(load(minimal).environment.app.minReplicas).toBe(3);
    expect(faults('{}')).toEqual([
      'trial.yaml: context: got nothing, expected a value: it is required',
      'trial.yaml: namespace: got nothing, expected a value: it is required',
    ]);
  });

  it('is told all its faults at once, each with file, line, path, value and what was expected', () => {
    const yaml = `context: a
namespace: Not_A_Label
preset: azure
app:
  minReplicas: 1
  memoryMiB: lots
  colour: blue
images:
  app: otp-service:latest
  redis: redis
exposure: {from: {}}
network: {providerPorts: [0]}
`;
    expect(faults(yaml)).toEqual([
      expect.stringMatching(/^trial\.yaml:2: namespace: got "Not_A_Label", expected text that matches /),
      'trial.yaml:3: preset: got "azure", expected one of generic, kind, k3s, eks, gke, aks, openshift',
      expect.stringMatching(/^trial\.yaml:9: images\.app: got "otp-service:latest", expected text that matches /),
      expect.stringMatching(/^trial\.yaml:10: images\.redis: got "redis", expected text that matches /),
      'trial.yaml:7: app.colour: got "blue", expected no such key',
      'trial.yaml:5: app.minReplicas: got 1, expected >= 2',
      'trial.yaml:6: app.memoryMiB: got "lots", expected integer',
      expect.stringMatching(/^trial\.yaml:11: exposure\.from: got \{\}, expected /),
      'trial.yaml:12: network.providerPorts.0: got 0, expected >= 1',
    ]);
  });

  it('is refused when two of its values contradict one another', () => {
    expect(faults(`${minimal}app: {minReplicas: 5, maxReplicas: 4}\nexposure: {tls: true}\n`)).toEqual([
      'trial.yaml:3: app.maxReplicas: got 4, expected >= app.minReplicas, which is 5',
      'trial.yaml: exposure.host: got nothing, expected the host name of the certificate, because exposure.tls is true',
    ]);
  });

  it.each([
    [
      'exposure: {kind: gateway, from: {namespace: c}}',
      'exposure.gateway: got nothing, expected the Gateway to attach to',
    ],
    [
      'app: {tls: false}\nexposure: {kind: loadBalancer, from: {namespace: c}}',
      'app.tls: got false, expected true, because with exposure.kind loadBalancer callers speak to the pods themselves',
    ],
    [
      'redis: {maxMemoryMiB: 4096, storageGiB: 8}',
      'redis.storageGiB: got 8, expected at least 12: three times redis.maxMemoryMiB, which is 4096',
    ],
    ['preset: openshift', 'exposure.host: got nothing, expected a host name, because OpenShift makes no Route'],
  ])('is refused with %s', (yaml, fault) => {
    expect(faults(`${minimal}${yaml}\n`)).toEqual([expect.stringContaining(fault)]);
  });

  it('says where the controller connects from when its platform cannot know', () => {
    expect(faults(`${minimal}preset: eks\n`)).toEqual([
      expect.stringContaining('exposure.from: got nothing, expected where the controller connects from'),
    ]);
  });

  it.each(presetNames)('gets from preset %s values that its schema allows', (preset) => {
    expect(
      load(`${minimal}preset: ${preset}\nexposure: {host: otp.example.com, from: {namespace: c}}\n`).environment.preset,
    ).toBe(preset);
  });

  it('takes its service whole, so that no client of the defaults reappears beside its own', () => {
    expect(load(`${minimal}service: {clients: {shop: {}}}\n`).environment.service).toEqual({clients: {shop: {}}});
  });

  it('can tell where each value comes from', () => {
    const {sources} = load(`${minimal}preset: k3s\napp: {minReplicas: 4}\n`);
    expect(sources.get('app.minReplicas')).toContain('trial.yaml');
    expect(sources.get('app.maxReplicas')).toBe('default');
    expect(sources.get('redis.storageClass')).toBe('preset k3s');
  });

  it("has its file's name, without .local", () => {
    expect(load(minimal, 'lisbon.local.yaml').name).toBe('lisbon');
    expect(() => load(minimal, 'Lisbon_1.yaml')).toThrow(/got "Lisbon_1", expected up to 30 of a-z/);
  });

  it('that does not exist is refused with the names of those that do', () => {
    expect(() => loadEnvironment('nowhere', projectRoot)).toThrow(
      /unknown environment "nowhere".*Known: example, kind/,
    );
  });

  it('with broken YAML is refused with the line', () => {
    expect(faults('context: a\nnamespace: [\n')[0]).toMatch(/^trial\.yaml:\d: /);
  });

  it('has the schema that editors are shown', () => {
    const written: unknown = JSON.parse(readFileSync(jsonSchemaFile(projectRoot), 'utf8'));
    expect(written, 'run: node infra/environment/write-json-schema.ts').toEqual(JSON.parse(JSON.stringify(fileSchema)));
  });
});
