import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Cluster, startCluster} from '../../../chaos/lab/cluster.ts';
import {createAddressBook} from '../../testing/addresses.ts';
import {until} from '../../testing/until.ts';
import {codesContract} from '../contract/codes.ts';
import {failureBudgetContract} from '../contract/failure-budget.ts';
import {requestsContract} from '../contract/requests.ts';
import {limits, noWaits, right, type StoreUnderTest, verification} from '../contract/support.ts';
import {MemoryOutbox} from '../memory-outbox.ts';
import {RedisStore} from '../redis-store.ts';
import {retrying} from '../retrying-store.ts';
import {openRedisServers} from './open-servers.ts';
import type {OpenRedisServers} from './servers.ts';

describe('a store on a cluster', () => {
  let cluster: Cluster;
  let servers: OpenRedisServers;
  const {address} = createAddressBook();

  beforeAll(async () => {
    cluster = await startCluster();
    servers = openRedisServers({
      target: {
        kind: 'cluster',
        nodes: cluster.addresses.split(',').map((each) => ({host: '127.0.0.1', port: Number(each.split(':')[1])})),
      },
      tls: false,
      credentials: () => ({}),
      timeoutMs: 500,
      waitReplicas: 1,
      waitMs: 250,
      observer: {batch() {}, unreplicated() {}},
      onDown() {},
      onUp() {},
    });
    await until('the cluster', () => servers.ping().then(() => true, () => false), 20_000);
  }, 60_000);
  afterAll(async () => {
    servers.close();
    await cluster[Symbol.asyncDispose]();
  });

  it('works', async () => {
    const store = new RedisStore({servers, fenced: true, timings: noWaits});
    const all = Array.from({length: 100}, (_, i) => address(`ada${i}`));
    const rateLimits = [{tag: 'one', count: 1000, periodMs: 60_000}, {tag: 'two', count: 1000, periodMs: 60_000}];
    const outcomes = await Promise.all(all.map((each) => store.create(each, verification({rateLimits}))));
    expect(outcomes.map(({kind}) => kind)).toEqual(all.map(() => 'created'));
    const [shard] = cluster.shards;
    if (shard?.replica === undefined) throw new Error('no replica');
    await shard.master.kill();
    const patient = retrying(store, {deadlineMs: 15_000});
    const checks = await Promise.all(all.map((each) => patient.check(each, right, limits, {tag: each.tag, fingerprint: 'f'})));
    const kinds = Object.groupBy(checks, (each) => `${each.kind} ${'snapshot' in each ? each.snapshot.status : ''}`);
    console.log(Object.entries(kinds).map(([kind, list]) => [kind, list?.length]));
  }, 60_000);
});
