import {randomUUID} from 'node:crypto';
import {EventEmitter} from 'node:events';
import type {Announcements} from '../delivery/announcements.ts';
import type {Inbox} from '../delivery/inbox.ts';
import type {Outbox} from '../delivery/outbox.ts';
import type {DeliveryReports} from '../delivery/reports.ts';
import {HeapRoom} from './heap-room.ts';
import {MemoryAnnouncements} from './memory-announcements.ts';
import {MemoryInbox} from './memory-inbox.ts';
import {MemoryOutbox} from './memory-outbox.ts';
import {MemoryQueue} from './memory-queue.ts';
import {MemoryStore} from './memory-store.ts';
import {connectRedis, type RedisConnectionOptions} from './redis/connect.ts';
import {canFailOver, openRedisServers, type RedisServersOptions} from './redis/open-servers.ts';
import {RedisAnnouncements} from './redis-announcements.ts';
import {RedisHandover} from './redis-handover.ts';
import {RedisInbox} from './redis-inbox.ts';
import {RedisOutbox} from './redis-outbox.ts';
import {RedisStore} from './redis-store.ts';
import type {Address, Store} from './store.ts';

/** A store with what belongs to it. */
export interface OpenStore {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  /** How it takes over what processes held while it was away; a store that cannot be away has none. */
  readonly handover?: RedisHandover;
  readonly announcements: Announcements;
  readonly reports: DeliveryReports;
  /**
   * Has `listener` hear whenever a connection to a store that was away is there again, or a part of it is elsewhere; a store
   * that cannot be away has none.
   */
  readonly onConnected?: (listener: () => void) => void;
  close(): Promise<void>;
}

export function openMemoryStore(): OpenStore {
  const queue = new MemoryQueue();
  const room = new HeapRoom();
  const store = new MemoryStore({enqueue: (message) => queue.push(message), takeRoom: () => room.take()});
  const announcements = new MemoryAnnouncements({store, queue});
  return {
    store,
    outbox: new MemoryOutbox({queue, store, look: () => announcements.look()}),
    inbox: new MemoryInbox(),
    announcements,
    reports: announcements,
    async close() {
      room[Symbol.dispose]();
    },
  };
}

/** A worker waits at most this long for a message in one call. */
const longestWaitMs = 10_000;

export function openRedisStore({
  addressOf,
  ...rest
}: Omit<RedisServersOptions, 'onConnected'> & {
  readonly addressOf: (id: string) => Address | undefined;
}): OpenStore {
  const connected = new EventEmitter<{connected: []}>();
  const servers = openRedisServers({...rest, onConnected: () => connected.emit('connected')});
  const {target} = rest;
  const blocking = target.kind === 'cluster' ? undefined : connectToWait({...rest, target});
  const fenced = canFailOver(rest);
  const store = new RedisStore({servers, fenced});
  const announcements = new RedisAnnouncements({servers, addressOf});
  return {
    store,
    outbox: new RedisOutbox({
      servers,
      ...(blocking === undefined ? {} : {blocking}),
      consumer: randomUUID(),
      store,
      addressOf,
      look: (partition) => announcements.look(partition),
    }),
    inbox: new RedisInbox(servers),
    handover: new RedisHandover({servers, fenced}),
    announcements,
    reports: announcements,
    onConnected: (listener) => connected.on('connected', listener),
    async close() {
      blocking?.disconnect();
      servers.close();
    },
  };
}

/** A connection for a command that waits. Its troubles are those of the others, which tell them. */
function connectToWait(options: RedisConnectionOptions) {
  return connectRedis({
    ...options,
    timeoutMs: options.timeoutMs + longestWaitMs,
    onDown: () => {},
    onUp: () => {},
  });
}
