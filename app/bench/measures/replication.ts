import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {startReplicatedRedis} from '../../testing/replicated-redis.ts';
import {Contestant} from '../contestant.ts';
import {createInstallation} from '../installation.ts';
import {type ServerOptions, startServer} from '../servers/server-process.ts';

/** Creations a second, one a round, of a service that waits for a replica and of one that does not. */
export interface ReplicationCost {
  readonly waitingRps: readonly number[];
  readonly otherRps: readonly number[];
}

const warmUpRequests = 3000;

/** What it costs to acknowledge only what a replica has: the same master and replica, with and without `WAIT`. */
export async function measureReplication(
  {directory, cores, entry}: Pick<ServerOptions, 'directory' | 'cores' | 'entry'>,
  {rounds, seconds, connections}: {rounds: number; seconds: number; connections: number},
): Promise<ReplicationCost> {
  await using resources = new AsyncDisposableStack();
  const {master, admin, inSync} = resources.use(await startReplicatedRedis({options: ['--appendonly', 'no']}));
  const own = join(directory, 'replication');
  await mkdir(own);
  const installation = await createInstallation(own, {redis: admin, redisUrl: master.url});
  const enter = async (waitReplicas: string) => {
    const environment = {...installation.environment, REDIS_WAIT_REPLICAS: waitReplicas};
    const server = await startServer('service', {
      directory: own,
      cores,
      entry,
      installation: {...installation, environment},
    });
    resources.defer(() => server.stop());
    const contestant = await Contestant.enter(server, {installation, redis: admin, connections});
    resources.defer(() => contestant.leave());
    await contestant.repeat('create', warmUpRequests, connections);
    return contestant;
  };
  const [waiting, other] = [await enter('1'), await enter('0')];
  const rps: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const index of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      await admin.flushdb('SYNC');
      await inSync();
      const contestant = index === 0 ? waiting : other;
      contestant.server.emptyLog();
      rps[index].push((await contestant.saturate('create', seconds)).rps);
    }
  }
  return {waitingRps: rps[0], otherRps: rps[1]};
}
