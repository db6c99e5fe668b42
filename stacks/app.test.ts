import {describe, expect, it} from 'vitest';
import {at, environmentFrom, type Json, list, raw, type Synthesised, synthesise} from './testing.ts';

const minimal = 'context: a\nnamespace: b\n';
const loaded = environmentFrom(minimal);
const synthesised = synthesise(loaded);
const {of} = synthesised;
const deployment = of('kubernetes_deployment_v1')[0];

const environmentOf = (pods: Json | undefined) =>
  Object.fromEntries(
    list(pods, 'spec.template.spec.container.0.env').map((variable) => [variable.name, variable.value]),
  );

describe('the app', () => {
  it('leaves the number of its pods to the autoscaler', () => {
    const target = at(of('kubernetes_horizontal_pod_autoscaler_v2')[0], 'spec.scale_target_ref');
    expect(target).toEqual({api_version: 'apps/v1', kind: 'Deployment', name: at(deployment, 'metadata.name')});
    expect(at(deployment, 'spec')).not.toHaveProperty('replicas');
  });

  it('has three pods at rest unless the environment says otherwise', () => {
    expect(at(of('kubernetes_horizontal_pod_autoscaler_v2')[0], 'spec.min_replicas')).toBe(3);
  });

  it("writes the autoscaler's behaviour in the keys that Terraform knows", () => {
    const behavior = at(of('kubernetes_horizontal_pod_autoscaler_v2')[0], 'spec.behavior');
    for (const direction of ['scale_up', 'scale_down'])
      expect(at(behavior, `${direction}.0.policy.0.period_seconds`)).toBeGreaterThan(0);
  });

  it.each([
    ['', '300'],
    ['app: {scaleDownAfterSeconds: 60}\n', '60'],
  ])('stays as it is for so long as the environment says once it is calm: %j', (app, seconds) => {
    const {of: resources} = synthesise(environmentFrom(`context: a\nnamespace: b\n${app}`));
    const [autoscaler] = resources('kubernetes_horizontal_pod_autoscaler_v2');
    expect(String(at(autoscaler, 'spec.behavior.scale_down.0.stabilization_window_seconds'))).toBe(seconds);
  });

  it('gives up no pod before its successor is ready', () => {
    expect(at(deployment, 'spec.strategy.rolling_update')).toEqual({max_unavailable: '0', max_surge: '25%'});
  });

  it('loses at most one serving pod to a drain, and holds no node for pods that do not serve', () => {
    expect(raw(synthesised)).toContainEqual(
      expect.objectContaining({
        kind: 'PodDisruptionBudget',
        spec: expect.objectContaining({maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow'}),
      }),
    );
  });

  it('is spread over hosts, revision by revision, and over zones where there are any', () => {
    const spread = list(deployment, 'spec.template.spec.topology_spread_constraint');
    expect(spread).toMatchObject([
      {topology_key: 'kubernetes.io/hostname', match_label_keys: ['pod-template-hash']},
      {topology_key: 'topology.kubernetes.io/zone', when_unsatisfiable: 'ScheduleAnyway'},
    ]);
  });

  it('has time for delay and draining before it is killed', () => {
    const slow = synthesise(environmentFrom(`${minimal}app: {drainDelaySeconds: 20, shutdownTimeoutSeconds: 60}\n`));
    expect(at(slow.of('kubernetes_deployment_v1')[0], 'spec.template.spec.termination_grace_period_seconds')).toBe(85);
  });

  it('talks to Redis over TLS as a user of its own', () => {
    expect(environmentOf(deployment)).toMatchObject({
      REDIS_SENTINELS: [0, 1, 2].map((ordinal) => `otp-redis-${ordinal}.b.svc.cluster.local:26379`).join(','),
      REDIS_MASTER_NAME: 'otp',
      REDIS_TLS: 'on',
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD_FILE: '/run/secrets/otp/redis-app/password',
      REDIS_SENTINEL_USERNAME: 'app',
      REDIS_SENTINEL_PASSWORD_FILE: '/run/secrets/otp/redis-app/password',
      REDIS_CA_FILE: '/run/secrets/otp/redis-tls/ca.crt',
    });
  });

  it('has a headless Service by which the pods find one another, ready or not', () => {
    const peers = of('kubernetes_service_v1').find(
      (service) => String(at(service, 'metadata.name')) === 'otp-app-peers',
    );
    expect(at(peers, 'spec')).toMatchObject({cluster_ip: 'None', publish_not_ready_addresses: true});
  });
});

describe('the way to the pods', () => {
  const probes = (pods: Json | undefined) =>
    ['startup_probe', 'readiness_probe', 'liveness_probe'].map((probe) =>
      at(pods, `spec.template.spec.container.0.${probe}.http_get`),
    );
  const service = (resources: Synthesised) =>
    resources.of('kubernetes_service_v1').find((each) => String(at(each, 'metadata.name')) === 'otp-app');

  it('is HTTPS up to the pod: Service, probes and the files of the certificate', () => {
    expect(at(service(synthesised), 'spec.port.0')).toEqual({
      name: 'https',
      port: 443,
      target_port: 'api',
      app_protocol: 'https',
    });
    for (const probe of probes(deployment)) expect(probe).toMatchObject({port: 'api', scheme: 'HTTPS'});
    expect(environmentOf(deployment)).toMatchObject({
      TLS_CERT_FILE: '/run/secrets/otp/app-tls/tls.crt',
      TLS_KEY_FILE: '/run/secrets/otp/app-tls/tls.key',
    });
  });

  it('is plain HTTP where the environment says so', () => {
    const plain = synthesise(environmentFrom(`${minimal}app: {tls: false}\n`));
    const pods = plain.of('kubernetes_deployment_v1')[0];
    expect(at(service(plain), 'spec.port.0')).toMatchObject({name: 'http', port: 80, app_protocol: 'http'});
    for (const probe of probes(pods)) expect(probe).toMatchObject({scheme: 'HTTP'});
    expect(environmentOf(pods)).not.toHaveProperty('TLS_CERT_FILE');
    expect(plain.text).not.toContain('serverstransport');
  });

  it('is known to Traefik by a transport that verifies the name of the Service under our authority', () => {
    expect(at(service(synthesised), 'metadata.annotations')).toEqual({
      'traefik.ingress.kubernetes.io/service.serversscheme': 'https',
      'traefik.ingress.kubernetes.io/service.serverstransport': 'b-otp-app@kubernetescrd',
    });
    expect(raw(synthesised)).toContainEqual(
      expect.objectContaining({
        kind: 'ServersTransport',
        metadata: expect.objectContaining({namespace: 'b', name: 'otp-app'}),
        spec: expect.objectContaining({serverName: 'otp-app.b.svc', rootCAs: [{secret: 'otp-app-tls'}]}),
      }),
    );
  });

  it('passes over a pod that cannot be reached, and sends nothing twice that was sent', () => {
    const [ingress] = synthesised.of('kubernetes_ingress_v1');
    expect(at(ingress, 'metadata.annotations')).toEqual({
      'traefik.ingress.kubernetes.io/router.middlewares': 'b-otp-app@kubernetescrd',
    });
    const transport = raw(synthesised).find(({kind}) => String(kind) === 'ServersTransport');
    expect(at(transport, 'spec.forwardingTimeouts')).toMatchObject({dialTimeout: '1s', responseHeaderTimeout: '6s'});
    // Neither statuses nor methods are named: with them Traefik sends what was sent before.
    const middleware = raw(synthesised).find(({kind}) => String(kind) === 'Middleware');
    expect(at(middleware, 'spec')).toEqual({retry: {attempts: 5, initialInterval: '50ms'}});
  });

  it('is known to controllers like nginx by annotations that verify the same', () => {
    const aks = synthesise(environmentFrom(`${minimal}preset: aks\n`));
    expect(at(aks.of('kubernetes_ingress_v1')[0], 'metadata.annotations')).toMatchObject({
      'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS',
      'nginx.ingress.kubernetes.io/proxy-ssl-verify': 'on',
      'nginx.ingress.kubernetes.io/proxy-ssl-secret': 'b/otp-app-tls',
      'nginx.ingress.kubernetes.io/proxy-ssl-name': 'otp-app.b.svc',
    });
  });

  it('between pods is a port of its own under a name of the certificate, in no Service for callers', () => {
    expect(environmentOf(deployment)).toMatchObject({
      PEERS: 'otp-app-peers.b.svc:9443',
      PEER_PORT: '9443',
      PEER_TLS_SERVER_NAME: 'otp-app-peers.b.svc',
      PEER_TLS_CA_FILE: '/run/secrets/otp/app-tls/ca.crt',
    });
    expect(list(service(synthesised), 'spec.port').map(({target_port}) => target_port)).toEqual(['api']);
  });
});

describe('exposure', () => {
  it('by a Gateway is a route, and a policy that verifies the pods', () => {
    const routed = synthesise(
      environmentFrom(
        `${minimal}exposure: {kind: gateway, host: otp.example.com, gateway: {name: public, namespace: gateways}}\n`,
      ),
    );
    expect(routed.of('kubernetes_ingress_v1')).toEqual([]);
    expect(raw(routed)).toMatchObject([
      {kind: 'PodDisruptionBudget'},
      {
        kind: 'HTTPRoute',
        spec: {
          parentRefs: [{kind: 'Gateway', name: 'public', namespace: 'gateways'}],
          hostnames: ['otp.example.com'],
          rules: [{backendRefs: [{name: 'otp-app', port: 443}]}],
        },
      },
      {
        kind: 'BackendTLSPolicy',
        spec: {validation: {hostname: 'otp-app.b.svc', caCertificateRefs: [{kind: 'ConfigMap', name: 'otp-app-ca'}]}},
      },
    ]);
  });

  it('by a load balancer is a Service of its own that keeps the address of callers', () => {
    const balanced = synthesise(
      environmentFrom(`${minimal}exposure: {kind: loadBalancer, annotations: {a: b}, from: {cidrs: [192.0.2.0/24]}}\n`),
    );
    const service = balanced
      .of('kubernetes_service_v1')
      .find((each) => String(at(each, 'metadata.name')) === 'otp-app-public');
    expect(at(service, 'metadata.annotations')).toEqual({a: 'b'});
    expect(at(service, 'spec')).toMatchObject({
      type: 'LoadBalancer',
      external_traffic_policy: 'Local',
      port: [{port: 443, target_port: 'api'}],
    });
  });

  it('is an Ingress of the configured class, with TLS when asked for', () => {
    const ingress = synthesise(
      environmentFrom(`${minimal}exposure: {ingressClass: special, host: otp.example.com, tls: true}\n`),
    ).of('kubernetes_ingress_v1');
    expect(at(ingress[0], 'spec')).toMatchObject({
      ingress_class_name: 'special',
      rule: [{host: 'otp.example.com'}],
      tls: [{hosts: ['otp.example.com'], secret_name: 'otp-ingress-tls'}],
    });
  });

  it('none makes no Ingress and lets no controller in', () => {
    const closed = synthesise(environmentFrom(`${minimal}exposure: {kind: none}\n`));
    expect(closed.of('kubernetes_ingress_v1')).toEqual([]);
    expect(closed.text).not.toContain('traefik');
  });
});
