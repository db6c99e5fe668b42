// npm run bench:delivery: what hand-over adds to a message, and how a backlog drains. One worker, a real Redis, loopback.
import {setTimeout as delay} from 'node:timers/promises';
import {startFarSide} from '../far-side.ts';
import {until} from '../until.ts';
import {openDeliveryLab} from './lab.ts';

const claimMs = 15_000;
const ratePerSecond = Number(process.argv[2] ?? 1000);
const seconds = 10;
const warmUpSeconds = 3;
const backlog = 10_000;
const slowAnswerMs = 50;
const slowConnections = 32;

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Messages that are created at a steady rate: how long each takes from its creation to the far side. */
async function measureHandOver() {
  await using lab = await openDeliveryLab();
  await using farSide = await startFarSide();
  const arrivedAt = new Map<string, number>();
  farSide.answer = (response, {headers}) => {
    arrivedAt.set(String(headers['idempotency-key']), performance.now());
    response.end();
  };
  const worker = lab.startWorker({providerUrl: farSide.url, claimMs});
  await worker.ready;
  const createdAt = new Map<string, number>();
  const startedAt = performance.now();
  const pending: Promise<void>[] = [];
  const total = ratePerSecond * (warmUpSeconds + seconds);
  for (let i = 0; i < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * ratePerSecond));
    for (; i < due; i++)
      pending.push(lab.create(`+4144668${i}`).then(({messageId}) => void createdAt.set(messageId, performance.now())));
    await delay(1);
  }
  await Promise.all(pending);
  const createdIn = (performance.now() - startedAt) / 1000;
  await until('all messages', () => arrivedAt.size === total, 60_000);
  const {cpuMs} = await worker.usage();
  const added = [...createdAt]
    .slice(ratePerSecond * warmUpSeconds)
    .map(([id, at]) => Math.max(0, (arrivedAt.get(id) ?? Number.NaN) - at));
  return {
    ratePerSecond: Math.round(total / createdIn),
    workerCpuMsPerMessage: Number((cpuMs / total).toFixed(3)),
    addedMs: {p50: percentile(added, 0.5), p95: percentile(added, 0.95), p99: percentile(added, 0.99)},
  };
}

/** A backlog in front of a provider that takes its time: how fast it drains, and what it costs the worker in memory. */
async function measureDrain() {
  await using lab = await openDeliveryLab();
  await using farSide = await startFarSide();
  let arrived = 0;
  farSide.answer = (response) => {
    arrived++;
    setTimeout(() => response.end(), slowAnswerMs);
  };
  for (let i = 0; i < backlog; i += 100)
    await Promise.all(Array.from({length: 100}, (_, index) => lab.create(`+4144${i + index}`)));
  const worker = lab.startWorker({providerUrl: farSide.url, claimMs, maxConnections: slowConnections});
  await worker.ready;
  const idle = await worker.usage();
  const startedAt = performance.now();
  await until('the last message', async () => (await lab.waiting()) === 0, 300_000);
  const tookSeconds = (performance.now() - startedAt) / 1000;
  const {peakBytes, cpuMs} = await worker.usage();
  return {
    messages: arrived,
    perSecond: Math.round(arrived / tookSeconds),
    providerTakesPerSecond: (slowConnections * 1000) / slowAnswerMs,
    workerCpuMsPerMessage: Number(((cpuMs - idle.cpuMs) / arrived).toFixed(3)),
    memoryMb: {idle: Math.round(idle.rssBytes / 1e6), peak: Math.round(peakBytes / 1e6)},
  };
}

console.log(JSON.stringify({handOver: await measureHandOver(), drain: await measureDrain()}));
process.exit(0);
