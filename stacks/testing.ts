import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parse} from 'yaml';
import {type LoadedEnvironment, loadEnvironment} from '../infra/environment/load.ts';
import {App} from '../infra/lib/cdk.ts';
import {type StackName, stackId, stackNames} from '../infra/lib/names.ts';
import {projectRoot} from '../infra/lib/project-root.ts';
import {buildStacks} from './build.ts';

/** A part of a document; leaves are compared, never computed with. */
export interface Json {
  readonly [key: string]: Json;
}

/** A resource as Terraform gets to see it. */
interface Resource {
  readonly stack: StackName;
  readonly type: string;
  readonly body: Json;
}

export interface Synthesised {
  readonly resources: readonly Resource[];
  readonly stacks: Readonly<Record<StackName, Json>>;
  /** Every file as text. */
  readonly text: string;
  of(type: string): Json[];
}

/** What an environment says that has all there is. */
export const withScheduledRuns = `resilience: {enabled: true}
network: {apiServer: {cidrs: [192.0.2.10/32], ports: [6443]}}
service:
  policies: {load: {channels: [direct], returnCode: true}}
  clients: {load: {policies: [load], apiKeys: [{id: first, sha256: {file: /run/secrets/otp/api-key-load/sha256}}]}}
`;

/** Loads an environment from YAML text, through a real file, as the commands do. */
export function environmentFrom(yaml: string, name = 'trial'): LoadedEnvironment {
  const folder = mkdtempSync(join(tmpdir(), 'otp-environment-'));
  try {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, yaml);
    return loadEnvironment(file, projectRoot);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** The real program's output for an environment, read back from the files that Terraform reads. */
export function synthesise({name, environment}: LoadedEnvironment): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), 'otp-synth-'));
  try {
    const app = new App({outdir});
    buildStacks(app, {environmentName: name, environment});
    app.synth();
    const texts = stackNames.map(
      (stack) => [stack, readFileSync(join(outdir, 'stacks', stackId(name, stack), 'cdk.tf.json'), 'utf8')] as const,
    );
    const stacks = Object.fromEntries(texts.map(([stack, text]) => [stack, JSON.parse(text)])) as Record<
      StackName,
      Json
    >;
    const resources = stackNames.flatMap((stack) =>
      Object.entries(stacks[stack].resource ?? {}).flatMap(([type, byId]) =>
        Object.values(byId).map((body) => ({stack, type, body})),
      ),
    );
    return {
      resources,
      stacks,
      text: texts.map(([, text]) => text).join('\n'),
      of: (type) => resources.filter((resource) => resource.type === type).map(({body}) => body),
    };
  } finally {
    rmSync(outdir, {recursive: true});
  }
}

/** `a.b.0.c` of a document; fails when there is nothing, so that a test cannot pass on `undefined`. */
export function at(document: Json | undefined, path: string): Json {
  let value: unknown = document;
  for (const key of path.split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  if (value === undefined) throw new Error(`nothing at ${path}`);
  return value as Json;
}

/** What travels in the releases of the raw chart. */
export const raw = ({of}: Synthesised): Json[] =>
  of('helm_release').flatMap((release) => list(parse(String(at(release, 'values.0'))) as Json, 'manifests'));

export const list = (document: Json | undefined, path: string): Json[] => Object.values(at(document, path));
