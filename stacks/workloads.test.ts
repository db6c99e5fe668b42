import {describe, expect, it} from 'vitest';
import {loadEnvironment} from '../infra/environment/load.ts';
import {projectRoot} from '../infra/lib/project-root.ts';
import {requiredSecrets} from '../infra/secrets/catalogue.ts';
import {at, environmentFrom, type Json, list, synthesise} from './testing.ts';

const example = loadEnvironment('example', projectRoot);
const synthesised = synthesise(example);
const workloads = [...synthesised.of('kubernetes_deployment_v1'), ...synthesised.of('kubernetes_stateful_set_v1')].map(
  (body) => ({
    name: String(at(body, 'metadata.name')),
    pod: at(body, 'spec.template.spec'),
    annotations: at(body, 'spec.template.metadata.annotations'),
    ignored: at(body, 'lifecycle.ignore_changes'),
  }),
);
const containers = workloads.flatMap(({name, pod}) => list(pod, 'container').map((container) => ({name, container})));
const minimal = 'context: a\nnamespace: b\n';

describe('every workload', () => {
  it('is one of those that the rules below were written for', () => {
    expect(workloads.map(({name}) => name)).toEqual(['otp-app', 'otp-redis']);
  });

  it.each(workloads)('$name: a deploy does not roll again what somebody has restarted by hand', ({ignored}) => {
    expect(ignored).toEqual(['spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]']);
  });

  it.each(containers)('$name: its container satisfies Pod Security "restricted" by itself', ({container}) => {
    expect(at(container, 'security_context')).toEqual({
      allow_privilege_escalation: false,
      privileged: false,
      read_only_root_filesystem: true,
      run_as_non_root: true,
      capabilities: {drop: ['ALL']},
    });
  });

  it.each(workloads)("$name: runs under ids of its own above 10000, with the runtime's seccomp profile", ({pod}) => {
    const security = at(pod, 'security_context');
    for (const id of ['run_as_user', 'run_as_group', 'fs_group'])
      expect(Number(at(security, id))).toBeGreaterThan(10000);
    expect(security).toMatchObject({run_as_non_root: true, seccomp_profile: {type: 'RuntimeDefault'}});
  });

  it.each(containers)('$name: asks for CPU and memory and has a memory limit, but no CPU limit', ({container}) => {
    expect(at(container, 'resources.requests')).toMatchObject({
      cpu: expect.stringMatching(/^\d+m$/),
      memory: expect.stringMatching(/^\d+Mi$/),
    });
    expect(Object.keys(at(container, 'resources.limits'))).toEqual(['memory']);
  });

  it.each(containers)(
    '$name: has the three probes, and one for life that is not the one for readiness',
    ({container}) => {
      const [startup, ready, alive] = ['startup_probe', 'readiness_probe', 'liveness_probe'].map((name) =>
        at(container, name),
      );
      expect(startup).toBeDefined();
      const question = (probe: Json | undefined) => JSON.stringify(probe?.http_get ?? probe?.exec);
      expect(question(alive)).not.toEqual(question(ready));
    },
  );

  it.each(containers)('$name: runs an image with a tag or digest, never latest', ({container}) => {
    expect(String(at(container, 'image'))).toMatch(/(:(?!latest$)[\w.-]+|@sha256:[a-f0-9]{64})$/);
  });

  it.each(workloads)('$name: has a service account of its own and no token', ({name, pod}) => {
    expect(pod).toMatchObject({service_account_name: name, automount_service_account_token: false});
    const accounts = synthesised.of('kubernetes_service_account_v1');
    expect(accounts.find((account) => String(at(account, 'metadata.name')) === name)).toMatchObject({
      automount_service_account_token: false,
    });
  });

  it.each(workloads)('$name: bears the checksum of its configuration', ({annotations}) => {
    expect(at(annotations, 'otp/config-checksum')).toMatch(/^[a-f0-9]{64}$/);
  });

  it('leaves user ids to a platform that assigns them', () => {
    const pods = synthesise(environmentFrom(`${minimal}preset: openshift\nexposure: {host: otp.example.com}\n`)).of(
      'kubernetes_deployment_v1',
    );
    const security = at(pods[0], 'spec.template.spec.security_context');
    expect(security).toEqual({run_as_non_root: true, seccomp_profile: {type: 'RuntimeDefault'}});
  });
});

describe('Secrets', () => {
  it('are mounted as whole folders that hold only the keys that are read', () => {
    const mounted = new Map<string, Set<string>>();
    const collect = (pod: Json) => {
      for (const volume of list(pod, 'volume')) {
        if (volume.secret === undefined) continue;
        const name = String(at(volume, 'secret.secret_name'));
        const keys = list(volume, 'secret.items').map((item) => String(at(item, 'key')));
        mounted.set(name, new Set([...(mounted.get(name) ?? []), ...keys]));
      }
    };
    for (const {pod} of workloads) collect(pod);
    const required = [...requiredSecrets(example.environment)].filter(([name]) => name !== 'otp-ingress-tls');
    for (const pod of synthesised
      .of('kubernetes_cron_job_v1')
      .map((job) => at(job, 'spec.job_template.spec.template.spec')))
      collect(pod);
    expect(Object.fromEntries([...mounted].map(([name, keys]) => [name, [...keys].sort()]))).toEqual(
      Object.fromEntries(required),
    );
  });

  it('never reach a container by environment variable or subPath', () => {
    for (const {container} of containers) {
      expect(container.env_from).toBeUndefined();
      for (const variable of Object.values(container.env ?? {}))
        expect(Object.keys(variable).sort()).toEqual(['name', 'value']);
      for (const mount of list(container, 'volume_mount')) expect(mount.sub_path).toBeUndefined();
    }
  });

  it('are made by no stack, so that no state holds one', () => {
    expect(synthesised.text).not.toMatch(/"kubernetes_secret|"kubernetes_manifest"|"output"|terraform_remote_state/);
  });

  it('that the app mounts do not include the private key of Redis', () => {
    const app = workloads.find(({name}) => name === 'otp-app');
    const volumes = list(app?.pod, 'volume').filter((volume) => String(volume.name) === 'secret-otp-redis-tls');
    expect(volumes.map((volume) => at(volume, 'secret.items'))).toEqual([[{key: 'ca.crt', path: 'ca.crt'}]]);
  });
});

describe('the configuration', () => {
  it('reaches the cluster as it is written, even where Terraform would see an expression', () => {
    const {of} = synthesise(environmentFrom(`${minimal}service: {template: "\${code} %{if}"}\n`));
    const map = of('kubernetes_config_map_v1').find((each) => String(at(each, 'metadata.name')) === 'otp-app');
    expect(Object.values(map?.data ?? {})).toEqual(['template: $${code} %%{if}\n']);
  });

  it('holds no expression at all, so that no stack depends on what only Terraform knows', () => {
    expect(synthesised.text).toContain('$${file##*/}');
    expect(synthesised.text).not.toMatch(/(?<!\$)\$\{/);
  });

  const checksum = (yaml: string, type: string) =>
    at(synthesise(environmentFrom(yaml)).of(type)[0], 'spec.template.metadata.annotations.otp/config-checksum');

  it('of the service rolls its pods when a value changes', () => {
    const withLength = (length: number) => `${minimal}service: {policies: {login: {codeLength: ${length}}}}\n`;
    const [six, eight] = [6, 8].map((length) => checksum(withLength(length), 'kubernetes_deployment_v1'));
    expect(six).not.toEqual(eight);
    expect(checksum(withLength(6), 'kubernetes_deployment_v1')).toEqual(six);
  });

  it('of Redis rolls its pod when a value changes', () => {
    const withMemory = (mebibytes: number) =>
      checksum(`${minimal}redis: {maxMemoryMiB: ${mebibytes}}\n`, 'kubernetes_stateful_set_v1');
    expect(withMemory(64)).not.toEqual(withMemory(65));
  });
});
