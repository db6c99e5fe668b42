import {expect, it} from 'vitest';
import {startNode} from '../testing/fallback-node.ts';
import {startRedis} from '../testing/redis-server.ts';
import {until} from '../testing/until.ts';

it('a process tells its peers when it loses the store and when it reaches it again, before they ask', async () => {
  await using resources = new AsyncDisposableStack();
  const redis = resources.use(await startRedis());
  const common = {
    redisPort: redis.port,
    addresses: new Set<string>(),
  };
  const watching = await startNode({...common, lookEveryMs: 60_000}, resources);
  const cut = await startNode({...common, lookEveryMs: 60_000}, resources);
  const said = () =>
    watching.peers
      .ready()
      .find(({instance}) => instance === cut.instance)
      ?.reaches(0);
  await until('the two to meet', () => said() === true);

  cut.link.cut();
  await until('the loss to be told', () => said() === false);
  cut.link.mend();
  await until('the return to be told', () => said() === true);
  expect(watching.fallback.isOpen).toBe(false);
});
