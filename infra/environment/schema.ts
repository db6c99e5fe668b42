import {type Static, type TProperties, Type} from 'typebox';
import {controllerNames} from './controller-names.ts';
import {presetNames} from './preset-names.ts';
import {serviceSchema} from './service-schema.ts';

const section = <P extends TProperties>(description: string, properties: P) =>
  Type.Object(properties, {additionalProperties: false, description});

const dnsLabel = (description: string) => Type.String({pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$', description});
const cidr = Type.String({
  pattern: '^\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}$',
  description: 'IPv4 network, such as 10.1.2.0/24',
});
const cron = (description: string) =>
  Type.String({pattern: '^\\S+( \\S+){4}$', description: `${description}: minute hour day month weekday`});
const port = Type.Integer({minimum: 1, maximum: 65535});
/** A tag or digest is required; `latest` is refused, because two nodes can then run different programs. */
const image = (description: string) =>
  Type.String({pattern: '^[a-z0-9][^\\s@]*(:(?!latest$)[\\w][\\w.-]*|@sha256:[a-f0-9]{64})$', description});

const issuer = (description: string) =>
  Type.Object(
    {
      name: dnsLabel('Its name'),
      kind: Type.Enum(['Issuer', 'ClusterIssuer']),
    },
    {additionalProperties: false, description},
  );
const peer = Type.Union([
  Type.Object({namespace: dnsLabel('Namespace of the pods')}, {additionalProperties: false}),
  Type.Object({cidrs: Type.Array(cidr, {minItems: 1})}, {additionalProperties: false}),
]);
const providerException = Type.Union([
  Type.Object(
    {namespace: dnsLabel('Namespace of the pods'), ports: Type.Array(port, {minItems: 1})},
    {additionalProperties: false},
  ),
  Type.Object({cidr, ports: Type.Array(port, {minItems: 1})}, {additionalProperties: false}),
]);

const hostAndPort = Type.String({pattern: '^[a-zA-Z0-9.-]+:\\d{1,5}$', description: 'HOST:PORT'});
const externalRedis = section('A Redis that these stacks do not run: one of url, sentinels and cluster', {
  url: Type.Optional(Type.String({pattern: '^rediss://', description: 'One address, such as that of a managed Redis'})),
  sentinels: Type.Optional(Type.Array(hostAndPort, {minItems: 1})),
  masterName: Type.Optional(Type.String({minLength: 1, description: 'What these sentinels call the master'})),
  cluster: Type.Optional(Type.Array(hostAndPort, {minItems: 1, description: 'Some nodes of a Redis Cluster'})),
  username: Type.Optional(
    Type.String({minLength: 1, description: 'User; its password is key password of Secret otp-redis-app'}),
  ),
  privateCa: Type.Optional(
    Type.Boolean({description: 'Trust key ca.crt of Secret otp-redis-tls instead of the public authorities'}),
  ),
  waitReplicas: Type.Optional(
    Type.Integer({minimum: 0, maximum: 5, description: 'Replicas that must have a write before it is answered'}),
  ),
  to: Type.Object(
    {cidrs: Type.Array(cidr, {minItems: 1}), ports: Type.Array(port, {minItems: 1})},
    {additionalProperties: false, description: 'Where it is: the pods of the app may connect there'},
  ),
});

/** What a stack gets to see: every value present, from the file, the preset or the defaults. */
export const environmentSchema = section(
  'An environment: one installation of the service in one namespace of one cluster',
  {
    context: Type.String({
      minLength: 1,
      description: 'Context of your kubeconfig; a deploy goes to this one and to no other',
    }),
    server: Type.Optional(
      Type.String({
        pattern: '^https?://',
        description: 'Address of the API server; when given, a context that points elsewhere is refused',
      }),
    ),
    namespace: dnsLabel('Namespace of the workload; made by bootstrap'),
    preset: Type.Enum(presetNames, {description: 'Platform whose defaults apply'}),
    state: section('Where Terraform keeps what it knows', {
      backend: Type.Enum(['kubernetes', 'local', 's3'], {
        description: 'kubernetes: a Secret and a Lease in the cluster; local: a file here; s3: an object in a bucket',
      }),
      s3: Type.Optional(
        section('The bucket, for backend s3; credentials come from the environment of who deploys', {
          bucket: Type.String({minLength: 3, description: 'It has to exist, with versioning'}),
          region: Type.String({minLength: 1}),
          prefix: Type.Optional(Type.String({pattern: '^[^/].*[^/]$', description: 'Before the names of the states'})),
          endpoint: Type.Optional(
            Type.String({pattern: '^https://', description: 'Of a store that is not Amazon’s but speaks S3'}),
          ),
        }),
      ),
      namespace: dnsLabel('Namespace of the state and of the private CA; no stack manages it'),
    }),
    images: section('Images, each with a tag or digest', {
      app: image('The service: target "app" of the Dockerfile'),
      redis: image('Redis 7.0 or later, or Valkey: whichever of redis-server and valkey-server is in it'),
      exporter: image('redis_exporter: metrics of Redis and Sentinel'),
      ops: image('Load and chaos: target "ops" of the Dockerfile'),
      pullPolicy: Type.Enum(['IfNotPresent', 'Always', 'Never']),
      pullSecrets: Type.Array(dnsLabel('Secret of type kubernetes.io/dockerconfigjson'), {
        description: 'Secrets for a private registry',
      }),
    }),
    app: section('The service', {
      minReplicas: Type.Integer({
        minimum: 2,
        maximum: 100,
        description: 'Pods at rest; at least 2, so that one may fail',
      }),
      maxReplicas: Type.Integer({
        minimum: 2,
        maximum: 100,
        description: 'Pods under the highest load; the quota is computed from it',
      }),
      targetCpuPercent: Type.Integer({
        minimum: 10,
        maximum: 95,
        description: 'CPU use, of the request, that the autoscaler aims at',
      }),
      scaleDownAfterSeconds: Type.Integer({
        minimum: 0,
        maximum: 3600,
        description: 'Calm for so long before the autoscaler takes a pod away',
      }),
      cpuRequestMillis: Type.Integer({minimum: 50, maximum: 16000, description: 'Thousandths of a core per pod'}),
      memoryMiB: Type.Integer({minimum: 128, maximum: 16384, description: 'Memory per pod: request and limit'}),
      drainDelaySeconds: Type.Integer({
        minimum: 0,
        maximum: 120,
        description: 'Serves on for so long after SIGTERM, until load balancers have noticed',
      }),
      shutdownTimeoutSeconds: Type.Integer({
        minimum: 1,
        maximum: 300,
        description: 'Then has so long to finish open requests',
      }),
      tls: Type.Boolean({
        description: 'The pods speak HTTPS; false: plain HTTP inside the cluster, for a controller that cannot do more',
      }),
      logLevel: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']),
      publicUrl: Type.Optional(
        Type.String({
          pattern: '^https?://',
          description: 'Address under which callers and providers reach the service',
        }),
      ),
    }),
    service: serviceSchema,
    redis: section('The store', {
      mode: Type.Enum(['replicated', 'single', 'external'], {
        description:
          'replicated: three pods with automatic failover; single: one instance with a volume; external: yours, described below',
      }),
      antiAffinity: Type.Enum(['required', 'preferred'], {
        description: 'required: each pod on a node of its own; preferred: where there are fewer than three nodes',
      }),
      maxMemoryMiB: Type.Integer({
        minimum: 32,
        maximum: 65536,
        description: 'Data that Redis may hold; beyond it writes are refused, nothing is evicted',
      }),
      cpuRequestMillis: Type.Integer({minimum: 50, maximum: 16000}),
      storageGiB: Type.Integer({minimum: 1, maximum: 16384, description: 'Size of the volume'}),
      storageClass: Type.Optional(
        Type.String({minLength: 1, description: 'StorageClass; the default one of the cluster when absent'}),
      ),
      external: Type.Optional(externalRedis),
    }),
    exposure: section('How callers reach the service', {
      kind: Type.Enum(['ingress', 'gateway', 'loadBalancer', 'none'], {
        description: 'loadBalancer: callers reach the pods by TCP; none: only from inside the cluster',
      }),
      host: Type.Optional(
        Type.String({pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$', description: 'Host name; every host when absent'}),
      ),
      ingressClass: Type.String({minLength: 1, description: 'IngressClass of the controller'}),
      controller: Type.Enum(controllerNames, {
        description: 'Program behind the class: how it is told to speak HTTPS to the pods; other: by annotations here',
      }),
      annotations: Type.Record(Type.String(), Type.String(), {
        description: 'Annotations of the Ingress, the HTTPRoute or the LoadBalancer Service',
      }),
      gateway: Type.Optional(
        section('The Gateway that an HTTPRoute is attached to', {
          name: dnsLabel('Its name'),
          namespace: dnsLabel('Its namespace'),
          sectionName: Type.Optional(dnsLabel('One listener of it; all of them when absent')),
        }),
      ),
      tls: Type.Boolean({
        description: 'TLS at the controller with Secret otp-ingress-tls (tls.crt, tls.key); needs host',
      }),
      from: Type.Optional(peer),
    }),
    network: section('Who else may talk to whom', {
      dns: section('Where the cluster resolves names', {
        domain: Type.String({pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$', description: 'Domain of the cluster'}),
        namespace: dnsLabel('Namespace of the DNS pods'),
        ports: Type.Array(port, {minItems: 1, description: 'Ports of the pods, not of their Service'}),
        cidrs: Type.Array(cidr, {description: 'Addresses of node-local caches'}),
      }),
      apiServer: section('Where the API server listens, for the chaos jobs: the addresses behind Service kubernetes', {
        cidrs: Type.Array(cidr, {description: 'kubectl get endpointslices -n default shows them'}),
        ports: Type.Array(port, {minItems: 1, description: 'Of those addresses, not of the Service'}),
      }),
      prometheusNamespace: dnsLabel('Namespace that may read metrics'),
      providerPorts: Type.Array(port, {description: 'Ports of SMS and mail providers on public addresses'}),
      providerExceptions: Type.Array(providerException, {
        description: 'Providers inside the cluster or on private addresses',
      }),
    }),
    observability: section('Monitors, alert rules and dashboards', {
      enabled: Type.Boolean({
        description: 'Needs the custom resources of prometheus-operator (PodMonitor, PrometheusRule)',
      }),
      labels: Type.Record(Type.String(), Type.String(), {
        description:
          'Labels by which your Prometheus selects monitors and rules, such as release: kube-prometheus-stack',
      }),
      runbooks: Type.String({
        pattern: '^https?://.*[^/]$',
        description: 'Address of docs/runbooks where on-call people can read it: alerts link there',
      }),
    }),
    resilience: section('Scheduled load and chaos', {
      enabled: Type.Boolean({description: 'Makes the jobs; they need images.ops and the client below'}),
      client: Type.String({
        pattern: '^[a-z][a-z0-9-]*$',
        description: 'Client of the service that the jobs are; its key lies in Secret otp-api-key-CLIENT',
      }),
      policy: Type.String({
        minLength: 1,
        description: 'Its policy, with channel direct and returnCode: codes come with the answers, nothing is sent',
      }),
      alertmanager: Type.Optional(
        Type.String({
          pattern: '^https?://',
          description:
            'In network.prometheusNamespace, on port 9093 of its pods: chaos does not start while a page is firing there',
        }),
      ),
      smokeSchedule: cron('When the smoke load runs (UTC)'),
      window: section('When stress and chaos may run', {
        open: Type.Boolean({description: 'false: their schedules exist and are suspended'}),
        stressSchedule: cron('When the stress load runs (UTC)'),
        chaosSchedule: cron('When the first chaos scenario starts (UTC); the others follow by half an hour each'),
      }),
    }),
    certManager: Type.Optional(
      section('Certificates from cert-manager, in place of those of bootstrap', {
        issuer: issuer('Of the certificates inside the cluster: a private authority, whose Secrets have a ca.crt'),
        publicIssuer: Type.Optional(issuer('Of otp-ingress-tls, where exposure.tls is true')),
      }),
    ),
    security: section('Where a platform gives its own', {
      fixedUids: Type.Boolean({description: 'false where the platform assigns the user ids (OpenShift)'}),
    }),
  },
);

export type Environment = Static<typeof environmentSchema>;
