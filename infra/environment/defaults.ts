import type {Tree} from './layers.ts';

/** What holds on every platform unless a preset or the file says otherwise. */
export const defaults: Tree = {
  preset: 'generic',
  state: {backend: 'kubernetes', namespace: 'otp-state'},
  images: {
    app: 'otp-service:0.1.0',
    redis: 'redis:8.0.2',
    ops: 'otp-service-ops:0.1.0',
    exporter: 'oliver006/redis_exporter:v1.69.0',
    pullPolicy: 'IfNotPresent',
    pullSecrets: [],
  },
  app: {
    minReplicas: 3,
    maxReplicas: 10,
    targetCpuPercent: 70,
    // 5 min: each pod that leaves drains connections, and a second wave of logins often follows the first.
    scaleDownAfterSeconds: 300,
    cpuRequestMillis: 250,
    memoryMiB: 384,
    // 5 s: kube-proxy and the usual controllers drop an endpoint within 1–3 s of its deletion.
    drainDelaySeconds: 5,
    shutdownTimeoutSeconds: 30,
    logLevel: 'info',
    tls: true,
  },
  service: {
    clients: {
      default: {apiKeys: [{id: 'first', sha256: {file: '/run/secrets/otp/api-key/sha256'}, scopes: ['verify']}]},
    },
  },
  redis: {mode: 'replicated', antiAffinity: 'required', maxMemoryMiB: 256, cpuRequestMillis: 250, storageGiB: 4},
  exposure: {kind: 'ingress', controller: 'other', annotations: {}, tls: false},
  network: {
    // 169.254.20.10 is the address that the node-local DNS cache of Kubernetes listens on.
    dns: {domain: 'cluster.local', namespace: 'kube-system', ports: [53], cidrs: ['169.254.20.10/32']},
    // 6443: what most API servers listen on behind the Service `kubernetes`.
    apiServer: {cidrs: [], ports: [6443, 443]},
    prometheusNamespace: 'monitoring',
    providerPorts: [443, 465, 587],
    providerExceptions: [],
  },
  observability: {
    enabled: false,
    labels: {},
    runbooks: 'https://github.com/example/otp-service/blob/main/docs/runbooks',
  },
  resilience: {
    enabled: false,
    client: 'load',
    policy: 'load',
    smokeSchedule: '*/15 * * * *',
    window: {open: false, stressSchedule: '0 3 * * 2', chaosSchedule: '0 3 * * 3'},
  },
  security: {fixedUids: true},
};
