import {type Endpoint, parseRedisUrl, type RedisCredentials, type RedisTarget} from '../store/redis/target.ts';
import type {SettingReader} from './setting-reader.ts';
import {type SettingName, settingTable} from './setting-table.ts';

/** How the service reaches its Redis. */
export interface RedisSettings {
  readonly target: RedisTarget;
  readonly tls: boolean;
  /** As the files say at each call, so that a rotation needs no restart. */
  readonly credentials: () => RedisCredentials;
  /** Replicas that have to have a change before it is acknowledged; 0: none. */
  readonly waitReplicas: number;
  /** How long a change may wait for them. */
  readonly waitMs: number;
}

const whereNames = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER'] as const;
const loginNames = ['REDIS_TLS', 'REDIS_USERNAME', 'REDIS_PASSWORD', 'REDIS_CA_FILE'] as const;
const waitNames = ['REDIS_WAIT_REPLICAS', 'REDIS_WAIT_MS'] as const;
const sentinelNames = ['REDIS_MASTER_NAME', 'REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'] as const;

/** Reads the settings of Redis, if there are any. */
export function readRedisSettings(reader: SettingReader, storeTimeoutMs: number): RedisSettings | undefined {
  const {problems, isSet, refuse, text, integer, choice, latestSecret, latestFile} = reader;
  const url = latestSecret('REDIS_URL');
  const [username, sentinelUsername] = [text('REDIS_USERNAME'), text('REDIS_SENTINEL_USERNAME')];
  const [password, sentinelPassword] = [latestSecret('REDIS_PASSWORD'), latestSecret('REDIS_SENTINEL_PASSWORD')];
  const ca = latestFile('REDIS_CA_FILE');
  const tls = choice('REDIS_TLS') === 'on';
  const masterName = text('REDIS_MASTER_NAME') ?? settingTable.REDIS_MASTER_NAME.default;
  const [sentinels, nodes] = [readEndpoints(reader, 'REDIS_SENTINELS'), readEndpoints(reader, 'REDIS_CLUSTER')];

  const given = whereNames.filter(isSet);
  const waitReplicas = integer('REDIS_WAIT_REPLICAS', false, given.includes('REDIS_URL') ? 0 : 1);
  const waitMs = integer('REDIS_WAIT_MS', false, Math.floor(storeTimeoutMs / 2));
  if (waitMs >= storeTimeoutMs)
    refuse('REDIS_WAIT_MS', String(waitMs), `less than STORE_TIMEOUT_MS, ${storeTimeoutMs}`);
  const [where] = given;
  const without = (names: readonly SettingName[], missing: string) => {
    for (const name of names) if (isSet(name)) problems.push(`${name} is set, but ${missing} is not`);
  };
  if (where === undefined) {
    without([...loginNames, ...waitNames, ...sentinelNames], whereNames.join(' or '));
    return undefined;
  }
  if (given.length > 1) problems.push(`${given.join(' and ')} are set, expected one of them`);
  if (where !== 'REDIS_SENTINELS') without(sentinelNames, 'REDIS_SENTINELS');
  if (where === 'REDIS_URL' && isSet('REDIS_TLS'))
    problems.push('REDIS_TLS is set, but REDIS_URL says by its scheme whether there is TLS');

  const login = (): RedisCredentials => {
    const current = {
      username,
      password: password(),
      sentinelUsername,
      sentinelPassword: sentinelPassword(),
      ca: ca(),
    };
    return Object.fromEntries(Object.entries(current).filter(([, value]) => value !== undefined));
  };
  const rest = {waitReplicas, waitMs};
  if (where === 'REDIS_SENTINELS')
    return {target: {kind: 'sentinel', sentinels, masterName}, tls, credentials: login, ...rest};
  if (where === 'REDIS_CLUSTER') return {target: {kind: 'cluster', nodes}, tls, credentials: login, ...rest};
  const address = url() ?? '';
  const parsed = parseRedisUrl(address);
  // The address may hold a password, so that of it only the scheme is quoted.
  if (parsed === undefined && address !== '')
    refuse(
      'REDIS_URL',
      /^[a-z]{2,10}(?=:\/\/)/.test(address) ? `${address.split(':')[0]}://…` : '…',
      'redis://HOST:PORT/DB or rediss://HOST:PORT/DB',
    );
  return {
    target: parsed?.target ?? {kind: 'standalone', host: '', port: 0, db: 0},
    tls: parsed?.tls ?? false,
    credentials: () => ({...parseRedisUrl(url() ?? '')?.login, ...login()}),
    ...rest,
  };
}

/** What is wrong with this way to Redis in production. */
export function redisNetworkProblem({target, tls}: RedisSettings): string | undefined {
  if (tls || endpointsOf(target).every(isLoopback)) return undefined;
  const harm = "sends codes' records in the clear over a network, expected";
  return target.kind === 'standalone' ? `REDIS_URL: redis:// ${harm} rediss://` : `REDIS_TLS: "off" ${harm} on`;
}

function endpointsOf(target: RedisTarget): readonly Pick<Endpoint, 'host'>[] {
  switch (target.kind) {
    case 'standalone':
      return [target];
    case 'sentinel':
      return target.sentinels;
    case 'cluster':
      return target.nodes;
  }
}

function isLoopback({host}: Pick<Endpoint, 'host'>): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Reads `HOST:PORT,HOST:PORT`; an absent one is empty. */
export function readEndpoints(
  {text, refuse}: SettingReader,
  name: 'REDIS_SENTINELS' | 'REDIS_CLUSTER' | 'PEERS',
): readonly Endpoint[] {
  const value = text(name);
  return (value?.split(',') ?? []).flatMap((part) => {
    const [, host, port] = /^(\[[0-9a-f:.]+\]|[^\s:,/@[\]]+):(\d{1,5})$/i.exec(part.trim()) ?? [];
    if (host !== undefined && Number(port) > 0 && Number(port) < 65_536)
      return [{host: host.replace(/^\[|\]$/g, ''), port: Number(port)}];
    refuse(name, part, 'HOST:PORT,HOST:PORT');
    return [];
  });
}
