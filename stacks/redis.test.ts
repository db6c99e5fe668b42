import {describe, expect, it} from 'vitest';
import {redisUsers} from '../infra/secrets/names.ts';
import {at, environmentFrom, list, synthesise} from './testing.ts';

const {of} = synthesise(environmentFrom('context: a\nnamespace: b\nredis: {maxMemoryMiB: 100}\n'));
const set = of('kubernetes_stateful_set_v1')[0];
const config = of('kubernetes_config_map_v1').find((map) => String(at(map, 'metadata.name')) === 'otp-redis');
const lines = (file: string) => String(config?.data?.[file]).split('\n');

describe('Redis', () => {
  it('refuses writes when full, and evicts nothing', () => {
    expect(lines('redis.conf')).toEqual(expect.arrayContaining(['maxmemory 100mb', 'maxmemory-policy noeviction']));
  });

  it('writes its append-only file every second', () => {
    expect(lines('redis.conf')).toEqual(expect.arrayContaining(['appendonly yes', 'appendfsync everysec']));
  });

  it('listens with TLS only', () => {
    expect(lines('redis.conf')).toEqual(expect.arrayContaining(['port 0', 'tls-port 6379']));
  });

  it('knows named users alone, each with its own hash and without administrative commands', () => {
    const users = lines('users.acl').filter((line) => line !== '');
    expect(users[0]).toMatch(/^user default off .*nocommands$/);
    expect(users.slice(1).map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual(
      redisUsers.map((user) => `user ${user} on @hash:${user}@`),
    );
    for (const line of users) expect(line).not.toMatch(/nopass|allcommands|\+@all|\+@admin|\+@dangerous/);
  });

  it('leaves no placeholder in a file but the hashes, which are filled in where the Secret is', () => {
    const left = Object.values(config?.data ?? {}).flatMap((text) => String(text).match(/@[\w:]+@/g) ?? []);
    expect([...new Set(left)].sort()).toEqual([...redisUsers.map((user) => `@hash:${user}@`)].sort());
  });

  it('may use twice its data while it rewrites its file', () => {
    expect(at(set, 'spec.template.spec.container.0.resources.limits.memory')).toBe('264Mi');
  });

  it('keeps its data on a volume claim', () => {
    expect(at(set, 'spec.volume_claim_template.0.metadata.name')).toBe('data');
    expect(list(set, 'spec.template.spec.container.0.volume_mount')).toContainEqual({
      name: 'data',
      mount_path: '/data',
    });
  });
});
