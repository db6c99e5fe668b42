import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {RedisPods} from '../testing/redis-pods.ts';
import {masterName} from './names.ts';

let pods: RedisPods;
let master: number;
async function startPods(options: Parameters<typeof RedisPods.create>[0] = {}): Promise<void> {
  pods = await RedisPods.create(options);
  pods.start([0, 1, 2]);
  master = await pods.masterInStep();
  await pods.call(master, 'app', ['SET', 'otp:kept', 'yes']);
  expect(await pods.call(master, 'app', ['WAIT', '2', '9000'])).toBe(2);
  // A replica that has just got its copy writes it to its disk in the background.
  for (const ordinal of [0, 1, 2])
    await pods.until(
      'file on the disk',
      async () =>
        String(await pods.call(ordinal, 'ops', ['INFO', 'persistence'])).includes('aof_rewrite_in_progress:0') ||
        undefined,
    );
}
afterEach(() => pods[Symbol.asyncDispose]());

const kept = async (ordinal: number) => expect(await pods.call(ordinal, 'app', ['GET', 'otp:kept'])).toBe('yes');
const lineageOf = async (ordinal: number) =>
  /^master_replid:(\w+)/m.exec(String(await pods.call(ordinal, 'ops', ['INFO', 'replication'])))?.[1];

/** What the hook says. On a busy machine it may give up for want of time, and leaves everything as it was: it is asked again. */
const handOver = () =>
  pods.until('hand-over in time', async () => {
    const said = await pods.run(master, 'stop-redis.sh');
    return said.includes('not handed over') ? undefined : said;
  });

/** A client for which the second answer of another server that is master comes too late. */
async function slowOnce(folder: string): Promise<void> {
  const {stdout} = await promisify(execFile)('sh', ['-c', 'command -v redis-cli || command -v valkey-cli']);
  const script = `#!/bin/sh
answer=$(${stdout.trim()} "$@") || exit
case "$* $answer" in
  *' -h ${pods.host(master)} '*) ;;
  *'INFO replication'*role:master*) echo >> ${folder}/asked; [ "$(wc -l < ${folder}/asked)" != 2 ] || sleep 2 ;;
esac
echo "$answer"
`;
  await writeFile(join(folder, basename(stdout.trim())), script, {mode: 0o755});
}

describe('three pods of Redis', {timeout: 90_000}, () => {
  beforeEach(() => startPods(), 60_000);

  it('install themselves, and all killed at once they come back with their data', async () => {
    expect(master).toBe(0);
    const before = await pods.until('configuration of a sentinel, which may come up after its master', async () => {
      const text = await pods.read(1, 'sentinel.conf').catch(() => '');
      return text.includes('sentinel myid') ? text : undefined;
    });
    await pods.stop([0, 1, 2]);
    pods.start([2, 1, 0]);
    await kept(await pods.masterInStep());

    // Sentinel's own lines are kept, ours are written anew: a sentinel that forgot its epoch could vote twice.
    const after = await pods.read(1, 'sentinel.conf');
    const line = (text: string, start: string) => text.split('\n').find((each) => each.startsWith(start));
    expect(line(after, 'sentinel myid')).toBe(line(before, 'sentinel myid'));
    const epoch = (text: string) => Number(line(text, 'sentinel current-epoch')?.split(' ').at(-1));
    expect(epoch(after)).toBeGreaterThanOrEqual(epoch(before));
    expect(epoch(before)).toBeGreaterThan(0);
  });

  it("lose nothing with the master's volume, and its sentinel comes back as the same one with a higher epoch", async () => {
    await pods.stop([master]);
    await pods.loseVolume(master);
    pods.start([master]);
    const next = await pods.masterInStep({besides: master});
    await kept(next);
    expect(await pods.call(next, 'ops', ['SENTINEL', 'CKQUORUM', masterName], {program: 'sentinel'})).toContain(
      'OK 3 usable Sentinels',
    );
  });

  it('come back from an outage in which two volumes were lost', async () => {
    await pods.stop([0, 1, 2]);
    await pods.loseVolume(master);
    await pods.loseVolume((master + 1) % 3);
    pods.start([0, 1, 2]);
    await kept(await pods.masterInStep());
  });

  it('hand over without losing a write that was answered, and note that the lineage goes on', async () => {
    const before = await lineageOf(master);
    const written: string[] = [];
    let stopping = false;
    const writing = (async () => {
      for (let number = 0; !stopping; number++) {
        const key = `otp:w:${number}`;
        const answer = await pods.call(master, 'app', ['SET', key, '1']).catch(() => undefined);
        if (answer === 'OK') written.push(key);
      }
    })();
    const announced = new Set<unknown>();
    const watching = (async () => {
      while (!stopping)
        announced.add(await pods.call((master + 1) % 3, 'app', ['HGET', 'otp:lineage', 'switching']).catch(() => null));
    })();
    const startedAt = Date.now();
    const said = await handOver();
    expect(said, said).toContain('continues as');
    const endedAt = Date.now();
    stopping = true;
    await Promise.all([writing, watching]);
    // Open codes wait for the end of the switch: every replica hears of it first, and for how long.
    const [ended, knownAt] = String([...announced].find(Boolean)).split(' ');
    expect(ended).toBe(before);
    // 8 s from some moment of the hand-over, by a clock of whole seconds.
    expect(Number(knownAt)).toBeGreaterThan(startedAt + 6000);
    expect(Number(knownAt)).toBeLessThanOrEqual(endedAt + 8000);
    await pods.stop([master], {programs: ['redis'], signal: 'SIGTERM'});
    const next = await pods.until('next master', () => pods.findMaster());
    expect(next).not.toBe(master);
    for (const key of written) expect(await pods.call(next, 'app', ['GET', key])).toBe('1');
    expect(await pods.call(next, 'app', ['HGET', 'otp:lineage', (await lineageOf(next)) ?? ''])).toBe(before);
    // The announcement, which codes wait for until then, is over.
    expect(await pods.call(next, 'app', ['HGET', 'otp:lineage', 'switching'])).toBe('');
  });

  it('note that the lineage goes on also where the new master once gives no answer in time', async () => {
    const before = await lineageOf(master);
    const folder = await mkdtemp(join(tmpdir(), 'otp-slow-client-'));
    const {PATH: path} = process.env;
    try {
      await slowOnce(folder);
      process.env.PATH = `${folder}:${path}`;
      expect(await handOver()).toContain(`lineage ${before} continues as`);
    } finally {
      process.env.PATH = path;
      await rm(folder, {recursive: true});
    }
  });

  it('wait with the pause for a sentinel that would promote a replica: it hears of a new copy within 10 s', async () => {
    const others = [0, 1, 2].filter((ordinal) => ordinal !== master);
    const setPriority = (priority: string) =>
      Promise.all(others.map((ordinal) => pods.call(ordinal, 'ops', ['CONFIG', 'SET', 'replica-priority', priority])));
    await setPriority('0');
    await pods.until('sentinels that have heard of it', async () => {
      const believed = await Promise.all(others.map((ordinal) => pods.believedPriorities(ordinal)));
      return believed.flat().join(' ') === '0 0 0 0' || undefined;
    });
    await setPriority('100');
    const said = await pods.run(master, 'stop-redis.sh');
    expect(said).not.toContain('no fail-over by the sentinel');
    expect(said).toContain('handed over');
  });

  it('let a master without a replica stop at once, and take its writes until then', async () => {
    await pods.stop([(master + 1) % 3, (master + 2) % 3], {programs: ['redis']});
    expect(await pods.run(master, 'stop-redis.sh')).toContain('no replica to hand over to');
  });

  it('follow a pod that a human promotes', async () => {
    const chosen = (master + 1) % 3;
    await pods.stop([0, 1, 2]);
    await pods.loseVolume(master);
    // Two pods with data, and no sentinel that knows who was last.
    pods.start([0, 1, 2], ['redis']);
    await pods.until('waiting pod', () => pods.run(chosen, 'probe.sh', 'alive'));
    await pods.run(chosen, 'promote.sh');
    pods.start([0, 1, 2], ['sentinel']);
    expect(await pods.masterInStep()).toBe(chosen);
    await kept(chosen);
  });
});

describe('three pods of Redis whose sentinels miss nobody for a minute', {timeout: 90_000}, () => {
  beforeEach(() => startPods({downAfterMs: 60_000}), 60_000);

  it('have another master when its process is back at once: it does not resume with what it may have lost', async () => {
    await pods.stop([master], {programs: ['redis']});
    pods.start([master], ['redis']);
    const next = await pods.masterInStep({besides: master});
    await kept(next);
    expect(await lineageOf(next)).toBe(await lineageOf(master));
    // By the pod's own word.
    expect(pods.log).not.toContain('+odown master');
    expect(pods.log).toMatch(/asked the sentinel of \S+ for the failover/);
  });
});
