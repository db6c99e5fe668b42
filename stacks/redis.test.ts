import {describe, expect, it} from 'vitest';
import {redisUsers} from '../infra/secrets/names.ts';
import {at, environmentFrom, type Json, list, synthesise} from './testing.ts';

const minimal = 'context: a\nnamespace: b\n';
const {of} = synthesise(environmentFrom(`${minimal}redis: {maxMemoryMiB: 100}\n`));
const set = of('kubernetes_stateful_set_v1')[0];
const pod = at(set, 'spec.template.spec');
const config = of('kubernetes_config_map_v1').find((map) => String(at(map, 'metadata.name')) === 'otp-redis');
const lines = (file: string) => String(config?.data?.[file]).split('\n');
const services = new Map(
  of('kubernetes_service_v1').map((service) => [String(at(service, 'metadata.name')), at(service, 'spec')]),
);
const container = (name: string) => list(pod, 'container').find((each) => String(each.name) === name);

describe('Redis', () => {
  it('refuses writes when full, and evicts nothing', () => {
    expect(lines('redis.conf')).toEqual(expect.arrayContaining(['maxmemory 100mb', 'maxmemory-policy noeviction']));
  });

  it('writes its append-only file every second', () => {
    expect(lines('redis.conf')).toEqual(expect.arrayContaining(['appendonly yes', 'appendfsync everysec']));
  });

  it.each([
    ['redis.conf', 6379],
    ['sentinel.conf', 26379],
    ['waiting.conf', 6380],
  ])('%s listens with TLS only', (file, port) => {
    expect(lines(file)).toEqual(expect.arrayContaining(['port 0', `tls-port ${port}`]));
  });

  it('takes writes only while a replica follows closely, and forgets no history', () => {
    expect(lines('replication.conf')).toEqual(
      expect.arrayContaining([
        'min-replicas-to-write 1',
        'min-replicas-max-lag 5',
        'repl-backlog-ttl 0',
        'tls-replication yes',
      ]),
    );
  });

  it('is watched by names, and given up after 3 s', () => {
    expect(lines('sentinel.conf')).toEqual(
      expect.arrayContaining([
        'sentinel resolve-hostnames yes',
        'sentinel announce-hostnames yes',
        'tls-replication yes',
      ]),
    );
    expect(lines('monitor.conf')).toEqual(
      expect.arrayContaining([
        'sentinel down-after-milliseconds otp 3000',
        'sentinel failover-timeout otp 10000',
        'sentinel parallel-syncs otp 1',
      ]),
    );
  });

  it.each(['users.acl', 'sentinel-users.acl', 'waiting.acl'])(
    '%s knows named users alone, each with its own hash and without whole categories of administration',
    (file) => {
      const [first, ...users] = lines(file).filter((line) => line !== '');
      expect(first).toMatch(/^user default off .*nocommands$/);
      for (const line of users) {
        const [, name] = line.split(' ');
        expect(redisUsers).toContain(name);
        expect(line).toContain(`user ${name} on @hash:${name}@ `);
        expect(line).not.toMatch(/nopass|allcommands|allkeys|~\* |\+@all|\+@admin|\+@dangerous/);
      }
    },
  );

  it('leaves no placeholder in a file but the hashes, which are filled in where the Secret is', () => {
    const left = Object.values(config?.data ?? {}).flatMap((text) => String(text).match(/@[\w:]+@/g) ?? []);
    expect([...new Set(left)].sort()).toEqual([...redisUsers.map((user) => `@hash:${user}@`)].sort());
  });

  it('mounts every file that a script names', () => {
    const named = Object.values(config?.data ?? {}).flatMap((text) =>
      [...String(text).matchAll(/\/etc\/otp-redis\/([\w.-]+)/g)].map(([, file]) => file),
    );
    expect(Object.keys(config?.data ?? {})).toEqual(expect.arrayContaining(named));
  });

  it('may use twice its data while it rewrites its file', () => {
    expect(at(container('redis'), 'resources.limits.memory')).toBe('280Mi');
  });

  it('keeps its data, and what Sentinel writes down, on a volume claim', () => {
    expect(at(set, 'spec.volume_claim_template.0.metadata.name')).toBe('data');
    for (const name of ['redis', 'sentinel'])
      expect(list(container(name), 'volume_mount')).toContainEqual({name: 'data', mount_path: '/data'});
  });
});

describe('the three pods of Redis', () => {
  it('start together: none becomes ready without the others', () => {
    expect(at(set, 'spec')).toMatchObject({replicas: '3', pod_management_policy: 'Parallel'});
    expect(at(set, 'spec.min_ready_seconds')).toBeGreaterThan(10);
  });

  it('are announced by a Service each, which leads to a pod that is not ready yet', () => {
    for (const ordinal of [0, 1, 2])
      expect(services.get(`otp-redis-${ordinal}`)).toMatchObject({
        publish_not_ready_addresses: true,
        selector: {'statefulset.kubernetes.io/pod-name': `otp-redis-${ordinal}`},
      });
    expect(lines('common.sh')).toContain(
      "hosts='otp-redis-0.b.svc.cluster.local otp-redis-1.b.svc.cluster.local otp-redis-2.b.svc.cluster.local'",
    );
    expect(services.get('otp-redis')).toMatchObject({cluster_ip: 'None', publish_not_ready_addresses: true});
  });

  it('lie on hosts of their own, or where the environment has too few, as far as that goes', () => {
    const term = (spec: Json, kind: string) => at(spec, `affinity.pod_anti_affinity.${kind}`);
    expect(term(pod, 'required_during_scheduling_ignored_during_execution.0.topology_key')).toBe(
      'kubernetes.io/hostname',
    );
    const soft = synthesise(environmentFrom(`${minimal}redis: {antiAffinity: preferred}\n`));
    const softPod = at(soft.of('kubernetes_stateful_set_v1')[0], 'spec.template.spec');
    expect(term(softPod, 'preferred_during_scheduling_ignored_during_execution.0.pod_affinity_term.topology_key')).toBe(
      'kubernetes.io/hostname',
    );
  });

  it('are disturbed one at a time, and hand over before they stop', () => {
    expect(at(of('kubernetes_pod_disruption_budget_v1')[0], 'spec.max_unavailable')).toBe('1');
    expect(at(container('redis'), 'lifecycle.pre_stop.0.exec.command.1')).toBe('/etc/otp-redis/stop-redis.sh');
    expect(at(container('sentinel'), 'lifecycle.pre_stop.0.exec.command.1')).toBe('/etc/otp-redis/stop-sentinel.sh');
    expect(at(pod, 'termination_grace_period_seconds')).toBe(60);
  });

  it('are killed by no probe while they load their data or wait for the others', () => {
    for (const probe of ['startup_probe', 'liveness_probe'])
      expect(at(container('redis'), `${probe}.exec.command.2`)).toBe('alive');
    expect(at(container('redis'), 'readiness_probe.exec.command.2')).toBe('ready');
  });

  it('show their metrics by a user that may not read settings', () => {
    const variables = Object.fromEntries(list(container('exporter'), 'env').map(({name, value}) => [name, value]));
    expect(variables).toMatchObject({
      REDIS_USER: 'exporter',
      REDIS_PASSWORD_FILE: '/run/secrets/otp/redis-exporter/passwords.json',
      REDIS_EXPORTER_CONFIG_COMMAND: '-',
    });
  });
});

describe('redis.mode', () => {
  it('single is one pod, reached by a Service', () => {
    const single = synthesise(environmentFrom(`${minimal}redis: {mode: single, maxMemoryMiB: 100}\n`));
    const body = single.of('kubernetes_stateful_set_v1')[0];
    expect(at(body, 'spec.replicas')).toBe('1');
    expect(list(body, 'spec.template.spec.container').map(({name}) => String(name))).toEqual(['redis', 'exporter']);
    expect(at(body, 'spec.template.spec.container.0.resources.limits.memory')).toBe('264Mi');
  });

  it('external makes no Redis, and lets the app out to where it is', () => {
    const external = synthesise(
      environmentFrom(
        `${minimal}redis: {mode: external, external: {cluster: ['redis.example.com:6379'], username: otp, to: {cidrs: [10.9.0.0/16], ports: [6379]}}}\n`,
      ),
    );
    expect(external.of('kubernetes_stateful_set_v1')).toEqual([]);
    const variables = list(external.of('kubernetes_deployment_v1')[0], 'spec.template.spec.container.0.env').map(
      ({name, value}) => [name, value],
    );
    expect(Object.fromEntries(variables)).toMatchObject({
      REDIS_CLUSTER: 'redis.example.com:6379',
      REDIS_TLS: 'on',
      REDIS_USERNAME: 'otp',
      REDIS_PASSWORD_FILE: '/run/secrets/otp/redis-app/password',
    });
    const policy = external
      .of('kubernetes_network_policy_v1')
      .find((each) => String(at(each, 'metadata.name')) === 'otp-app');
    expect(list(policy, 'spec.egress')).toContainEqual({
      to: [{ip_block: {cidr: '10.9.0.0/16'}}],
      ports: [{protocol: 'TCP', port: '6379'}],
    });
  });

  it.each([
    ['', 'redis.external: got nothing, expected where the Redis is'],
    ['external: {to: {cidrs: [10.0.0.0/8], ports: [1]}}', 'expected exactly one of url, sentinels and cluster'],
    [
      "external: {sentinels: ['a:1'], to: {cidrs: [10.0.0.0/8], ports: [1]}}",
      'redis.external.masterName: got nothing, expected what the sentinels call the master',
    ],
  ])('external is refused without what the app needs: {%s}', (external, fault) => {
    expect(() => environmentFrom(`${minimal}redis: {mode: external, ${external}}\n`)).toThrow(fault);
  });
});
