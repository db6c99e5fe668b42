import {describe, expect, it} from 'vitest';
import {computedQuota} from '../infra/foundation/quota.ts';
import {at, environmentFrom, synthesise} from './testing.ts';

const minimal = 'context: a\nnamespace: b\n';
const {of, text} = synthesise(environmentFrom(minimal));

describe('the foundation', () => {
  it('enforces Pod Security "restricted" on a namespace that it does not own', () => {
    expect(at(of('kubernetes_labels')[0], 'labels')).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(at(of('kubernetes_labels')[0], 'metadata.name')).toBe('b');
    expect(text).not.toContain('kubernetes_namespace');
  });

  it("computes the quota from the autoscaler's maximum, a roll-out and Redis", () => {
    const {environment} = environmentFrom(
      `${minimal}app: {maxReplicas: 8, cpuRequestMillis: 100, memoryMiB: 200}\nredis: {maxMemoryMiB: 100, cpuRequestMillis: 300, storageGiB: 7}\n`,
    );
    // 8 pods, twice 25 % on top during a roll-out, and three Redis with their sentinels and exporters.
    expect(computedQuota(environment)).toEqual({
      pods: '15',
      'requests.cpu': '2310m',
      'requests.memory': '3132Mi',
      'limits.memory': '3816Mi',
      persistentvolumeclaims: '3',
      'requests.storage': '21Gi',
    });
  });

  it('gives every stack a state of its own in the namespace that no stack manages', () => {
    const {stacks} = synthesise(environmentFrom(minimal, 'prod'));
    for (const [stack, body] of Object.entries(stacks))
      expect(at(body, 'terraform.backend.kubernetes')).toEqual({
        config_context: 'a',
        namespace: 'otp-state',
        secret_suffix: `prod-${stack}`,
      });
  });

  it('keeps its state in a file where the environment says so', () => {
    const {stacks} = synthesise(environmentFrom(`${minimal}state: {backend: local}\n`, 'prod'));
    for (const body of Object.values(stacks)) expect(Object.keys(at(body, 'terraform.backend'))).toEqual(['local']);
  });

  it('keeps its state in a bucket where the environment says so, under a key of its own and with a lock', () => {
    const {stacks} = synthesise(
      environmentFrom(`${minimal}state: {backend: s3, s3: {bucket: states, region: eu-west-1, prefix: otp}}\n`, 'prod'),
    );
    for (const [stack, body] of Object.entries(stacks))
      expect(at(body, 'terraform.backend.s3')).toEqual({
        bucket: 'states',
        region: 'eu-west-1',
        key: `otp/prod-${stack}.tfstate`,
        encrypt: true,
        use_lockfile: true,
      });
  });

  it('names no path of this machine', () => {
    expect(text).not.toContain(process.cwd());
  });
});
