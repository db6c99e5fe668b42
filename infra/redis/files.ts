import {readFileSync} from 'node:fs';
import {ports} from '../lib/names.ts';
import {type SecretFile, secretFolder, secretPath} from '../secrets/files.ts';
import {redisAcl, redisTls, redisUserSecret, redisUsers} from '../secrets/names.ts';

const opsSecret = redisUserSecret('ops');

/** What the Redis pod reads; of the passwords only the one that its probes log in with. */
export const redisSecretFiles: readonly SecretFile[] = [
  {secret: redisTls.name, key: redisTls.ca},
  {secret: redisTls.name, key: redisTls.certificate},
  {secret: redisTls.name, key: redisTls.key},
  {secret: opsSecret.name, key: opsSecret.password},
  ...redisUsers.map((user) => ({secret: redisAcl, key: user})),
];

export const configFolder = '/etc/otp-redis';
export const runFolder = '/run/redis';
export const dataFolder = '/data';

const source = (name: string) => readFileSync(new URL(`files/${name}`, import.meta.url), 'utf8');

/** The ConfigMap of a Redis pod; templates and scripts lie in `files/`. */
export function redisFiles({maxMemoryMiB}: {readonly maxMemoryMiB: number}): Record<string, string> {
  const values: Record<string, string> = {
    port: String(ports.redis),
    maxMemoryMiB: String(maxMemoryMiB),
    configFolder,
    runFolder,
    dataFolder,
    aclFolder: secretFolder(redisAcl),
    caFile: secretPath({secret: redisTls.name, key: redisTls.ca}),
    certificateFile: secretPath({secret: redisTls.name, key: redisTls.certificate}),
    keyFile: secretPath({secret: redisTls.name, key: redisTls.key}),
    opsPasswordFile: secretPath({secret: opsSecret.name, key: opsSecret.password}),
  };
  const names = ['redis.conf', 'users.acl', 'start.sh', 'probe.sh'];
  return Object.fromEntries(names.map((name) => [name, fill(source(name), values)]));
}

/** Replaces `@name@`; what is unknown (such as `@hash:app@`, filled in by start.sh) stays. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/@(\w+)@/g, (all, name: string) => values[name] ?? all);
}
