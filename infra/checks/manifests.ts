/** A Kubernetes object as `npm run manifests` writes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly labels?: Labels};
  readonly [field: string]: unknown;
}

export type Labels = Readonly<Record<string, string>>;

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly {readonly name: string; readonly value?: string}[];
  readonly ports?: readonly {readonly name?: string; readonly containerPort: number}[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly resources?: {readonly requests?: Labels; readonly limits?: Labels};
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

export interface Probe {
  readonly httpGet?: {readonly port: string | number};
}

/** Anything that makes pods. */
export interface Workload {
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'CronJob';
  readonly labels: Labels;
  readonly pod: {
    readonly serviceAccountName?: string;
    readonly securityContext?: Readonly<Record<string, unknown>>;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly manifest: Manifest;
}

const field = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value);

export const at = <T>(manifest: Manifest, path: string): T | undefined => field(manifest, path) as T | undefined;

const templates = {
  Deployment: 'spec.template',
  StatefulSet: 'spec.template',
  CronJob: 'spec.jobTemplate.spec.template',
} as const;

export function workloadsOf(manifests: readonly Manifest[]): Workload[] {
  return manifests.flatMap((manifest) => {
    const kind = (['Deployment', 'StatefulSet', 'CronJob'] as const).find((known) => known === manifest.kind);
    if (kind === undefined) return [];
    const template = templates[kind];
    return [
      {
        name: manifest.metadata.name,
        kind,
        labels: at<Labels>(manifest, `${template}.metadata.labels`) ?? {},
        pod: at<Workload['pod']>(manifest, `${template}.spec`) ?? {containers: []},
        manifest,
      },
    ];
  });
}

export const containersOf = ({pod}: Workload): readonly Container[] => [
  ...pod.containers,
  ...(pod.initContainers ?? []),
];

export const ofKind = (manifests: readonly Manifest[], kind: string) => manifests.filter((each) => each.kind === kind);

/** Whether every label of a selector is among the labels. An empty selector selects everything. */
export const selects = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
