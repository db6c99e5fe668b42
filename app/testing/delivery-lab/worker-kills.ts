import {setTimeout as delay} from 'node:timers/promises';
import {startFarSide} from '../far-side.ts';
import {until} from '../until.ts';
import {openDeliveryLab, type Queued, type WorkerProcess} from './lab.ts';

/** When a worker is killed (SIGKILL): with a message at the far side, just after the far side has taken it, or whenever. */
const killMoments = ['before the answer', 'after the answer', 'at any time'] as const;
type KillMoment = (typeof killMoments)[number];

interface KillReport {
  readonly messages: number;
  readonly kills: Readonly<Record<KillMoment, number>>;
  /** Messages that never reached the far side, or are not noted as sent. */
  readonly lost: number;
  /** Messages that reached it more than once because the worker that had handed them over was killed before it noted that. */
  readonly explained: number;
  /** Messages that reached it more than once for any other reason. */
  readonly unexplained: number;
  readonly seconds: number;
}

interface KillOptions {
  readonly kills: number;
  /** Workers at a time. */
  readonly workers: number;
  /** Messages that are queued for each kill. */
  readonly messagesPerKill: number;
  /** After how long without a word a message is taken over. */
  readonly claimMs: number;
}

/** Kills workers while they deliver, one after the other, and looks at what has arrived. */
export async function runWorkerKills({kills, workers, messagesPerKill, claimMs}: KillOptions): Promise<KillReport> {
  const startedAt = performance.now();
  await using lab = await openDeliveryLab();
  await using farSide = await startFarSide();
  const receipts = new Map<string, string[]>();
  const killed = new Set<string>();
  const alive = new Map<string, WorkerProcess>();
  const counts = {'before the answer': 0, 'after the answer': 0, 'at any time': 0};
  let next: {readonly moment: KillMoment; readonly done: () => void} | undefined;

  const kill = (name: string, moment: KillMoment, done: () => void) => {
    next = undefined;
    killed.add(name);
    alive.get(name)?.child.kill('SIGKILL');
    alive.delete(name);
    counts[moment]++;
    done();
  };
  farSide.answer = async (response, {headers}) => {
    const [name, id] = [String(headers['x-worker']), String(headers['idempotency-key'])];
    receipts.set(id, [...(receipts.get(id) ?? []), name]);
    const planned = next;
    if (planned?.moment === 'before the answer' && alive.has(name)) return kill(name, planned.moment, planned.done);
    await delay(Math.random() * 20);
    response.end();
    if (planned?.moment === 'after the answer' && planned === next && alive.has(name))
      kill(name, planned.moment, planned.done);
  };
  const start = async () => {
    const worker = lab.startWorker({providerUrl: farSide.url, claimMs});
    alive.set(worker.name, worker);
    await worker.ready;
  };
  await Promise.all(Array.from({length: workers}, start));

  const queued: Queued[] = [];
  for (let i = 0; i < kills; i++) {
    const moment = killMoments[i % killMoments.length] ?? 'at any time';
    const {promise, resolve} = Promise.withResolvers<void>();
    if (moment !== 'at any time') next = {moment, done: resolve};
    const batch = Array.from({length: messagesPerKill}, (_, index) => lab.create(`+4144${i}x${index}`));
    queued.push(...(await Promise.all(batch)));
    if (moment === 'at any time') {
      await delay(Math.random() * 60);
      const names = [...alive.keys()];
      kill(names[Math.floor(Math.random() * names.length)] ?? '', moment, resolve);
    }
    await promise;
    await start();
  }
  await until('the last message', async () => (await lab.waiting()) === 0, 120_000);

  let [lost, explained, unexplained] = [0, 0, 0];
  for (const {address, messageId} of queued) {
    const by = receipts.get(messageId) ?? [];
    const read = await lab.store.read(address);
    if (by.length === 0 || read.kind !== 'found' || read.snapshot.delivery.status !== 'sent') lost++;
    if (by.length > 1) {
      // All but one of its bearers died before they could note that it was handed over.
      if (by.filter((name) => !killed.has(name)).length <= 1) explained++;
      else unexplained++;
    }
  }
  return {
    messages: queued.length,
    kills: counts,
    lost,
    explained,
    unexplained,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
