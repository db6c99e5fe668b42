import {readFileSync} from 'node:fs';
import type {Environment} from '../environment/schema.ts';
import {ports} from '../lib/names.ts';
import {type SecretFile, secretFolder, secretPath} from '../secrets/files.ts';
import {redisAcl, redisTls, redisUserSecret, redisUsers} from '../secrets/names.ts';
import {masterName, quorum, redisHosts} from './names.ts';

const passwordOf = (user: 'ops' | 'replica' | 'sentinel'): SecretFile => {
  const {name, password} = redisUserSecret(user);
  return {secret: name, key: password};
};

/** What the containers of Redis and Sentinel read; of the passwords only those that they log in with. */
export const redisSecretFiles: readonly SecretFile[] = [
  {secret: redisTls.name, key: redisTls.ca},
  {secret: redisTls.name, key: redisTls.certificate},
  {secret: redisTls.name, key: redisTls.key},
  passwordOf('ops'),
  passwordOf('replica'),
  passwordOf('sentinel'),
  ...redisUsers.map((user) => ({secret: redisAcl, key: user})),
];

export const configFolder = '/etc/otp-redis';
export const runFolder = '/run/redis';
export const dataFolder = '/data';

/** Where the scripts find what differs between a pod and a process on one machine. */
export interface RedisSurroundings {
  /** Every pod's announced name, lowest ordinal first. */
  readonly hosts: readonly string[];
  /** Under which a pod reaches itself. */
  readonly localHost: string;
  /** Addresses to listen on. */
  readonly bind: string;
  readonly maxMemoryMiB: number;
  /** What a master remembers for replicas that come back. */
  readonly backlogMiB: number;
}

export const podSurroundings = (environment: Environment): RedisSurroundings => ({
  hosts: redisHosts(environment),
  localHost: '127.0.0.1',
  bind: '* -::*',
  maxMemoryMiB: environment.redis.maxMemoryMiB,
  backlogMiB,
});

/** A few seconds of the highest load: a replica that was away for so long needs no full copy. */
export const backlogMiB = 16;

const files = {
  single: [
    'common.sh',
    'follow-certificate.sh',
    'start-single.sh',
    'probe.sh',
    'render-acl.sh',
    'redis.conf',
    'users.acl',
  ],
  replicated: [
    'await-successor.sh',
    'become-eligible.sh',
    'common.sh',
    'decide.awk',
    'follow-certificate.sh',
    'hand-over.sh',
    'look.sh',
    'monitor.conf',
    'probe.sh',
    'promote.sh',
    'redis.conf',
    'reload.sh',
    'render-acl.sh',
    'render-redis.sh',
    'render-sentinel.sh',
    'replication.conf',
    'sentinel.conf',
    'sentinel-users.acl',
    'start-redis.sh',
    'start-sentinel.sh',
    'stop-redis.sh',
    'stop-sentinel.sh',
    'successors.sh',
    'users.acl',
    'waiting.acl',
    'waiting.conf',
    'waiting-room.sh',
  ],
} as const;

const source = (name: string) => readFileSync(new URL(`files/${name}`, import.meta.url), 'utf8');

/** The ConfigMap of a Redis pod; templates and scripts lie in `files/`. */
export function redisFiles(
  mode: 'single' | 'replicated',
  {hosts, localHost, bind, maxMemoryMiB, backlogMiB}: RedisSurroundings,
): Record<string, string> {
  const values: Record<string, string> = {
    hosts: hosts.join(' '),
    localHost,
    bind,
    redisPort: String(ports.redis),
    sentinelPort: String(ports.sentinel),
    waitingPort: String(ports.waiting),
    exporterPort: String(ports.exporter),
    masterName,
    quorum: String(quorum),
    lineageKey,
    maxMemoryMiB: String(maxMemoryMiB),
    backlogMiB: String(backlogMiB),
    configFolder,
    runFolder,
    dataFolder,
    redisConf: `${dataFolder}/redis.conf`,
    sentinelConf: `${dataFolder}/sentinel.conf`,
    promoteRedisMark: `${dataFolder}/promote-redis`,
    promoteSentinelMark: `${dataFolder}/promote-sentinel`,
    aclFolder: secretFolder(redisAcl),
    caFile: secretPath({secret: redisTls.name, key: redisTls.ca}),
    certificateFile: secretPath({secret: redisTls.name, key: redisTls.certificate}),
    keyFile: secretPath({secret: redisTls.name, key: redisTls.key}),
    opsPasswordFile: secretPath(passwordOf('ops')),
    replicaPasswordFile: secretPath(passwordOf('replica')),
    sentinelPasswordFile: secretPath(passwordOf('sentinel')),
  };
  return Object.fromEntries(files[mode].map((name) => [name, fill(source(name), values)]));
}

/** Where the service looks up that a lineage goes on under another replication id. */
const lineageKey = 'otp:lineage';

/** Replaces `@name@`; what is unknown (such as `@hash:app@`, filled in by render-acl.sh) stays. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/@(\w+)@/g, (all, name: string) => values[name] ?? all);
}
