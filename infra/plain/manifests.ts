import {parse} from 'yaml';
import {toKubernetes} from './body.ts';
import {kinds} from './kinds.ts';

interface Stack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** What is said to Terraform about a resource, and not part of it. */
const terraformOnly = /^(depends_on|lifecycle|provider|timeouts|wait_for_\w+)$/;

/** The Kubernetes objects of a synthesised stack. @throws on a resource that has no counterpart. */
export function manifestsOf({resource = {}}: Stack): object[] {
  return Object.entries(resource).flatMap(([type, byId]) =>
    Object.values(byId).flatMap((body) => objectsOf(type, body)),
  );
}

function objectsOf(type: string, body: Readonly<Record<string, unknown>>): object[] {
  if (type === 'helm_release') {
    const {values} = toKubernetes(body) as {values: string[]};
    return values.flatMap((text) => (parse(text) as {manifests: object[]}).manifests);
  }
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`${type} has no counterpart in infra/plain/kinds.ts`);
  // Labels on a namespace that exists: as a manifest, the namespace with those labels.
  if (type === 'kubernetes_labels') return [{...kind, metadata: {...Object(body.metadata), labels: body.labels}}];
  const fields = Object.entries(body).filter(([key]) => !terraformOnly.test(key));
  return [{...kind, ...Object(toKubernetes(Object.fromEntries(fields)))}];
}
