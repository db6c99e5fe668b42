import path from 'node:path';
import {freePort} from './free-port.ts';
import {owning} from './owned.ts';
import type {RedisServerName} from './program.ts';
import {RedisNode} from './redis-node.ts';
import type {RedisSettings} from './settings.ts';
import {openWorkplace} from './workplace.ts';

/** What Redis keeps on disk: the append-only file, flushed every second, or nothing. */
export type Persistence = 'everysec' | 'none';

export interface SingleRedisOptions {
  /** @default 'redis-server' */
  readonly server?: RedisServerName;
  /** @default 'everysec' */
  readonly persistence?: Persistence;
  readonly settings?: RedisSettings;
  /** Where logs go, without ending. @default nowhere that stays */
  readonly logPath?: string;
}

export interface SingleRedis extends AsyncDisposable {
  readonly node: RedisNode;
}

/** One Redis without anybody to take over from it. */
export function startSingleRedis(options: SingleRedisOptions = {}): Promise<SingleRedis> {
  const {server = 'redis-server', persistence = 'everysec', settings = {}, logPath} = options;
  return owning(async (owned) => {
    const place = owned.use(await openWorkplace(logPath));
    const node = owned.use(
      new RedisNode({
        name: 'redis',
        server,
        port: await freePort(),
        directory: path.join(place.directory, 'redis'),
        logFile: place.logFile('redis'),
        settings: {...persistenceSettings(persistence), ...settings},
      }),
    );
    await node.start();
    return {node};
  });
}

export function persistenceSettings(persistence: Persistence): RedisSettings {
  return {save: '""', appendonly: persistence === 'everysec' ? 'yes' : 'no', appendfsync: 'everysec'};
}
