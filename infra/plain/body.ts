/** Blocks that Terraform names in the singular where Kubernetes has a list. */
const plurals: Readonly<Record<string, string>> = {
  container: 'containers',
  limit: 'limits',
  metric: 'metrics',
  option: 'options',
  path: 'paths',
  policy: 'policies',
  port: 'ports',
  rule: 'rules',
  subject: 'subjects',
  topology_spread_constraint: 'topologySpreadConstraints',
  volume: 'volumes',
  volume_claim_template: 'volumeClaimTemplates',
  volume_mount: 'volumeMounts',
};
/** Blocks that Terraform has as a list of one. */
const singles = new Set(['label_selector', 'pre_stop', 'scale_down', 'scale_up']);
/** Maps whose keys are names, not fields. */
const maps = new Set([
  'annotations',
  'data',
  'default',
  'default_request',
  'hard',
  'labels',
  'limits',
  'match_labels',
  'requests',
]);
/** Fields that Terraform has as text and Kubernetes as a number, where the text is one. */
const numbers = new Set([
  'fs_group',
  'max_surge',
  'max_unavailable',
  'port',
  'replicas',
  'run_as_group',
  'run_as_user',
  'target_port',
  'ttl_seconds_after_finished',
]);
const names: Readonly<Record<string, string>> = {cluster_ip: 'clusterIP', timezone: 'timeZone'};

/** The body of a Terraform resource in the fields of Kubernetes. */
export function toKubernetes(body: unknown, key = ''): unknown {
  if (typeof body === 'string') return scalar(body, key);
  if (Array.isArray(body)) return singles.has(key) ? toKubernetes(body[0]) : body.map((item) => toKubernetes(item));
  if (typeof body !== 'object' || body === null) return body;
  const entries = Object.entries(body).filter(([name]) => name !== '//');
  if (maps.has(key))
    return Object.fromEntries(
      entries.map(([name, value]) => [name, typeof value === 'string' ? plainText(value) : value]),
    );
  return Object.fromEntries(entries.map(([name, value]) => [fieldName(name, value), toKubernetes(value, name)]));
}

function fieldName(name: string, value: unknown): string {
  const plural = plurals[name];
  if (plural !== undefined && Array.isArray(value)) return plural;
  return names[name] ?? name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function scalar(text: string, key: string): string | number {
  if (key === 'default_mode') return Number.parseInt(text, 8);
  return numbers.has(key) && /^\d+$/.test(text) ? Number(text) : plainText(text);
}

/** Undoes `literal`. */
const plainText = (text: string) => text.replaceAll(/([$%])\1\{/g, '$1{');
