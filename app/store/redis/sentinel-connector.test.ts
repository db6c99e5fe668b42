import {once} from 'node:events';
import {setImmediate as turn} from 'node:timers/promises';
import {describe, expect, it, onTestFinished} from 'vitest';
import {startRedis} from '../../testing/redis-server.ts';
import {type ScriptedSentinel, startScriptedSentinel} from '../../testing/scripted-sentinel.ts';
import {until} from '../../testing/until.ts';
import {connectRedis} from './connect.ts';

it('a subscription that is lost before its answer ends no process', async () => {
  await using master = await startRedis();
  using sentinel = await startScriptedSentinel({
    names: () => master.port,
    answers: (subscriptions) => subscriptions === 1,
  });
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const redis = connectThrough(sentinel, 2000);
  await until('the first listener', () => sentinel.listeners.length === 1);
  // Not before its answer has been read.
  sentinel.listeners[0]?.end();
  await until('the listener again', () => sentinel.listeners.length > 1);
  const [, again] = sentinel.listeners;
  if (again === undefined) throw new Error('nobody listens');
  redis.disconnect();
  await once(again, 'close');
  // The other end of that connection is in this process: it hears of the same in one of the next turns.
  for (let count = 0; count < 50; count++) await turn();
  expect(unhandled).toEqual([]);
});

function connectThrough(sentinel: ScriptedSentinel, timeoutMs: number) {
  return connectRedis({
    target: {kind: 'sentinel', sentinels: [sentinel.endpoint], masterName: 'otp'},
    tls: false,
    credentials: () => ({}),
    timeoutMs,
    onDown() {},
    onUp() {},
  });
}

function connect(sentinel: ScriptedSentinel, timeoutMs = 20_000) {
  const redis = connectThrough(sentinel, timeoutMs);
  const portNow = async () => /tcp_port:(\d+)/.exec(await redis.info('server').catch(() => ''))?.[1];
  return {
    command: (...[name, ...args]: [string, ...string[]]) => redis.call(name, ...args),
    until: (what: string, port: number) => until(what, async () => (await portNow()) === String(port)),
    [Symbol.dispose]: () => redis.disconnect(),
  };
}

describe('a connection through sentinels', () => {
  it('goes to the master that it hears of, although the sentinel that it would ask still names the old one', async () => {
    await using old = await startRedis();
    await using current = await startRedis();
    using sentinel = await startScriptedSentinel({names: () => old.port});
    using redis = connect(sentinel);
    await redis.until('the old master', old.port);
    await until('a listener', async () => sentinel.listeners.length === 1);
    sentinel.tell(`otp 127.0.0.1 ${old.port} 127.0.0.1 ${current.port}`);
    await redis.until('the new master', current.port);
  });

  it('stays with the master that it is at when it hears of it, and goes when it hears of another one', async () => {
    await using old = await startRedis();
    await using current = await startRedis();
    using sentinel = await startScriptedSentinel({names: () => old.port});
    using redis = connect(sentinel);
    await redis.until('the old master', old.port);
    await until('a listener', async () => sentinel.listeners.length === 1);
    const id = await redis.command('CLIENT', 'ID');
    for (const said of [`otp 127.0.0.1 ${current.port} 127.0.0.1 ${old.port}`, 'another 127.0.0.1 1 127.0.0.1 2']) {
      sentinel.tell(said);
      for (let count = 0; count < 20; count++) expect(await redis.command('CLIENT', 'ID')).toBe(id);
    }
    sentinel.tell(`otp 127.0.0.1 ${old.port} 127.0.0.1 ${current.port}`);
    await redis.until('the new master', current.port);
  });

  it('asks again once it listens: what was said before, it has not heard', async () => {
    await using old = await startRedis();
    await using current = await startRedis();
    using sentinel = await startScriptedSentinel({names: (asked) => (asked === 1 ? old.port : current.port)});
    using redis = connect(sentinel);
    await redis.until('the new master', current.port);
  });

  it.each<{what: string; command: [string, ...string[]]; refusal: string}>([
    {what: 'refuses a write', command: ['SET', 'otp:probe', ''], refusal: 'READONLY'},
    {what: 'has no replicas to wait for', command: ['WAIT', '1', '100'], refusal: 'replica'},
  ])(
    'follows a master that has become a replica, and $what, to its own master, before the sentinel knows of that',
    async ({command, refusal}) => {
      await using old = await startRedis();
      await using current = await startRedis();
      using sentinel = await startScriptedSentinel({names: () => old.port});
      using redis = connect(sentinel);
      await redis.until('the old master', old.port);
      await redis.command('REPLICAOF', '127.0.0.1', String(current.port));
      await expect(redis.command(...command)).rejects.toThrow(refusal);
      await redis.until('the new master', current.port);
      expect(await redis.command('SET', 'otp:probe', '')).toBe('OK');
    },
  );

  it('comes back when it hears of the new master while it still asks for it: then, too, it is not closed for good', async () => {
    await using old = await startRedis();
    await using current = await startRedis();
    let silent = false;
    using sentinel = await startScriptedSentinel({names: () => (silent ? undefined : old.port)});
    using redis = connect(sentinel, 1000);
    await redis.until('the old master', old.port);
    await until('a listener', async () => sentinel.listeners.length === 1);
    silent = true;
    const {asked} = sentinel;
    await old.kill();
    await until('a question', async () => sentinel.asked > asked);
    sentinel.tell(`otp 127.0.0.1 ${old.port} 127.0.0.1 ${current.port}`);
    await redis.until('the new master', current.port);
  });

  it('goes back to the sentinels when the master that it has heard of is not there', async () => {
    await using old = await startRedis();
    await using gone = await startRedis();
    await using current = await startRedis();
    let master = old.port;
    using sentinel = await startScriptedSentinel({names: () => master});
    using redis = connect(sentinel);
    await redis.until('the old master', old.port);
    await until('a listener', async () => sentinel.listeners.length === 1);
    await gone.kill();
    master = current.port;
    sentinel.tell(`otp 127.0.0.1 ${old.port} 127.0.0.1 ${gone.port}`);
    await redis.until('the new master', current.port);
    expect(sentinel.listeners.length).toBeGreaterThan(0);
  });
});
