import {randomUUID} from 'node:crypto';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {type Cluster, startCluster} from '../../../chaos/lab/cluster.ts';
import {developmentApiKey} from '../../config/development.ts';
import {createAddressBook} from '../../testing/addresses.ts';
import {connectToCluster} from '../../testing/redis-connection.ts';
import {aging} from '../../testing/redis-leap.ts';
import {startServiceProcess} from '../../testing/service-process.ts';
import {until} from '../../testing/until.ts';
import {codesContract} from '../contract/codes.ts';
import {outboxContract} from '../contract/outbox.ts';
import {requestsContract} from '../contract/requests.ts';
import {limits, minute, noWaits, right, times, verification} from '../contract/support.ts';
import {outboxKey} from '../keys.ts';
import {RedisHandover} from '../redis-handover.ts';
import {RedisOutbox} from '../redis-outbox.ts';
import {RedisStore} from '../redis-store.ts';
import {retrying} from '../retrying-store.ts';
import type {OpenRedisServers} from './servers.ts';

const book = createAddressBook();
const {address, parse} = book;
const startMs = 60_000;

describe('a store on a cluster', () => {
  let cluster: Cluster;
  let servers: OpenRedisServers;
  beforeAll(async () => {
    // No master is held for down that is only slow, and the end of one is noticed all the same.
    cluster = await startCluster({nodeTimeoutMs: 5000});
    servers = await connectToCluster(cluster);
  }, startMs);
  afterAll(async () => {
    servers.close();
    await cluster[Symbol.asyncDispose]();
  });

  afterEach(async () => {
    for (const node of cluster.nodes)
      if ((await node.info('replication')).role === 'master') await node.command('FLUSHALL');
  });

  const open = (timings = noWaits) => {
    const store = new RedisStore({servers, fenced: true, timings});
    const outbox = new RedisOutbox({servers, consumer: randomUUID(), store, addressOf: parse});
    return {store, outbox, ...aging(servers, book)};
  };
  codesContract(open);
  outboxContract(open);
  requestsContract(open);

  it('charges a request that comes again, or many times at once, only once to each limit', async () => {
    const {store} = open();
    const rateLimits = ['one', 'two', 'three'].map((name) => ({tag: address(name).tag, count: 5, periodMs: minute}));
    const request = {tag: address('request').tag, fingerprint: 'f'};
    const outcomes = await times(20, () => store.create(address('ada'), verification({rateLimits}), request));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(outcomes[0]).toMatchObject({kind: 'created', limits: [{remaining: 4}, {remaining: 4}, {remaining: 4}]});
    const others = await times(10, (index) => store.create(address(`ada${index}`), verification({rateLimits})));
    expect(others.filter(({kind}) => kind === 'created')).toHaveLength(4);
    expect(others.find(({kind}) => kind === 'rate_limited')).toMatchObject({limit: expect.any(Number)});
  });

  it('takes over what processes held, on whichever server it belongs', async () => {
    const {store} = open();
    const handover = new RedisHandover({servers, fenced: true, timings: noWaits});
    await times(10, async (index) => {
      const where = address(`held${index}`);
      const contexts = [{contextTag: '', failures: 3, checkableInMs: 0, lockedInMs: 0}];
      const policy = {maxPending: 2, maxAttempts: 5, blockAfter: 100};
      const holding = {...where, ...policy, failures: 3, contexts, sendableInMs: 0, verifications: [], requests: []};
      const adoption = handover.adoption(holding, 'process-one', 1);
      for (const _ of ['once', 'again']) expect(await adoption.send()).toBe('taken');
      expect(await store.create(where, verification())).toMatchObject({snapshot: {budget: {failures: 3}}});
    });
  });

  it('serves the whole service: a code is created, delivered and checked', async () => {
    await using service = await startServiceProcess({REDIS_CLUSTER: cluster.addresses});
    const ask = async (path: string, body?: object) => {
      const answer = await fetch(`${service.url}${path}`, {
        headers: {authorization: `Bearer ${developmentApiKey}`, 'content-type': 'application/json'},
        ...(body === undefined ? {} : {method: 'POST', body: JSON.stringify(body)}),
      });
      return {status: answer.status, body: (await answer.json()) as {id?: string; code?: string}};
    };
    let to = '';
    const {id} = await until('a code', async () => {
      to = `ada${Math.random()}@example.com`;
      const {status, body} = await ask('/v1/verifications', {to});
      // Before the cluster is known the fallback takes it: what is looked for is one that the cluster has.
      return status === 201 && (await keysOnCluster(cluster)).some((key) => key.includes(':v:')) && body;
    });
    const code = await until('its message', async () => {
      const messages = (await ask(`/dev/inbox.json?to=${to}`)).body as unknown as {
        verificationId: string;
        code: string;
      }[];
      return messages.find(({verificationId}) => verificationId === id)?.code;
    });
    expect(await ask(`/v1/verifications/${id}/check`, {code})).toMatchObject({status: 200});
    expect(await ask(`/v1/verifications/${id}/check`, {code})).toMatchObject({
      status: 409,
      body: {code: 'verification_already_approved'},
    });
    const metrics = await (await fetch(service.metricsUrl)).text();
    expect(metrics).toMatch(/^otp_group_commit_size_count [1-9]/m);
    expect(metrics).toMatch(/^otp_store_unreplicated_total 0$/m);
  }, 30_000);

  it('outlives the end of a master: its codes are lost, those of the others are not, and new ones are created', async () => {
    const {store} = open();
    const patient = retrying(store, {deadlineMs: 20_000});
    const [shard] = cluster.shards;
    if (shard?.replica === undefined) throw new Error('no replica');
    const before = await times(60, async (index) => {
      const where = address(`ada${index}`);
      await store.create(where, verification());
      return {where, isThere: servers.connection(outboxKey(where.partition)).options.port === shard.master.port};
    });
    expect(new Set(before.map(({isThere}) => isThere)).size).toBe(2);
    await shard.master.kill();
    await cluster.settled({leader: shard.replica});
    // Until it is back, as a replica, nobody confirms what the new master is told.
    await shard.master.start();
    for (const {where, isThere} of before) {
      const outcome = await patient.check(where, right, limits, {tag: where.tag, fingerprint: 'f'});
      expect(outcome).toMatchObject(isThere ? {kind: 'final', snapshot: {status: 'lost'}} : {kind: 'approved'});
    }
    const after = await times(40, (index) => patient.create(address(`bob${index}`), verification()));
    expect(after.filter(({kind}) => kind === 'created')).toHaveLength(40);
  }, 60_000);
});

async function keysOnCluster({shards}: Cluster): Promise<string[]> {
  const keys = await Promise.all(shards.map(({master}) => master.command('KEYS', 'otp:*')));
  return keys.flat().map(String);
}
