/**
 * node infra/checks/write-schemas.ts CORE_FOLDER CRD.yaml… — writes the schemas that objects are validated against.
 * CORE_FOLDER holds Kubernetes' own in kubeconform's form (KIND-GROUP-VERSION.json, strict); CRD.yaml are definitions of
 * custom resources. Descriptions go: they are most of the size.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseAllDocuments} from 'yaml';
import {schemaFile, schemaFolder} from './schemas.ts';

type Node = {readonly [key: string]: unknown};
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Kinds that the stacks make. */
const core = [
  'configmap-v1',
  'cronjob-batch-v1',
  'deployment-apps-v1',
  'horizontalpodautoscaler-autoscaling-v2',
  'ingress-networking-v1',
  'limitrange-v1',
  'namespace-v1',
  'networkpolicy-networking-v1',
  'poddisruptionbudget-policy-v1',
  'resourcequota-v1',
  'role-rbac-v1',
  'rolebinding-rbac-v1',
  'service-v1',
  'serviceaccount-v1',
  'statefulset-apps-v1',
];
const custom = [
  'PodMonitor',
  'PrometheusRule',
  'HTTPRoute',
  'BackendTLSPolicy',
  'ServersTransport',
  'Middleware',
  'Certificate',
];

function withoutDescriptions(node: unknown, inProperties = false): unknown {
  if (Array.isArray(node)) return node.map((each) => withoutDescriptions(each));
  if (!isNode(node)) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => inProperties || !(key === 'description' && typeof value === 'string'))
      // JavaScript has no inline flags.
      .filter(([key, value]) => inProperties || key !== 'pattern' || !String(value).includes('(?i)'))
      .filter(([key]) => inProperties || !key.startsWith('x-kubernetes-') || key === 'x-kubernetes-int-or-string')
      .map(([key, value]) => [key, withoutDescriptions(value, key === 'properties' || key === 'definitions')]),
  );
}

/** As the API server prunes: what a schema does not name is refused. */
function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (!isNode(node)) return node;
  if (node['x-kubernetes-int-or-string'] === true) return {type: ['integer', 'string']};
  const open = node['x-kubernetes-preserve-unknown-fields'] === true || node.additionalProperties !== undefined;
  const below = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'properties' && isNode(value)
        ? Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, strict(schema)]))
        : strict(value),
    ]),
  );
  return isNode(node.properties) && !open ? {...below, additionalProperties: false} : below;
}

const write = (file: string, schema: unknown) => writeFileSync(join(schemaFolder, file), `${JSON.stringify(schema)}\n`);

const [coreFolder = '', ...definitions] = process.argv.slice(2);
for (const name of core)
  write(`${name}.json`, withoutDescriptions(JSON.parse(readFileSync(join(coreFolder, `${name}.json`), 'utf8'))));
for (const document of definitions.flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))) {
  const {spec} = (document.toJS() ?? {}) as {
    spec?: {group: string; names: {kind: string}; versions: {name: string; schema: {openAPIV3Schema: Node}}[]};
  };
  if (spec === undefined || !custom.includes(spec.names.kind)) continue;
  for (const {name: version, schema} of spec.versions) {
    const {properties, ...rest} = strict(schema.openAPIV3Schema) as {properties: Node};
    const metadata = {type: 'object', required: ['name']};
    write(
      schemaFile({apiVersion: `${spec.group}/${version}`, kind: spec.names.kind}),
      withoutDescriptions({...rest, properties: {...properties, metadata}}),
    );
  }
}
