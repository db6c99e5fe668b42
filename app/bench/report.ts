import {million} from './arguments.ts';
import {type Operation, operations, type Turn} from './contestant.ts';
import type {RedisCost} from './measures/redis-cost.ts';
import type {ReplicationCost} from './measures/replication.ts';
import type {Latencies, Turns} from './measures/rounds.ts';
import type {StartAndMemory} from './measures/start-and-memory.ts';
import {median, ratios, type Summary, summarise} from './statistics.ts';

export interface Measured {
  readonly turns: Turns;
  readonly latencies: Latencies;
  readonly redisCost: RedisCost;
  readonly startAndMemory: StartAndMemory;
  readonly replication: ReplicationCost;
  readonly cycles: number;
}

/** What the service is to reach. */
const targets = {
  floorRatio: 0.85,
  bareRatio: 0.7,
  p99FloorRatio: 1.3,
  roundTrips: 1,
  cpuMicros: 60,
  bytesPerPending: 600,
  idleMb: 120,
  afterMillionMb: 160,
  coldStartMs: 500,
  replicatedRatio: 0.7,
} as const;

/** Tables for people, the targets that were missed, and last one line of JSON for programs. */
export function report(measured: Measured): string {
  const result = toResult(measured);
  const missed = missedTargets(result);
  return [
    throughputTable(measured),
    latencyTable(measured),
    otherTable(measured),
    missed.length === 0 ? 'All targets are met.' : `Targets missed:\n${missed.map((each) => `  - ${each}`).join('\n')}`,
    JSON.stringify(result),
  ].join('\n\n');
}

type Result = ReturnType<typeof toResult>;

export function toResult({turns, latencies, redisCost, startAndMemory, replication, cycles}: Measured) {
  const {cpuMicros, bytesPerPending, roundTrips} = redisCost;
  const {idleMb, afterMb, coldStartsMs} = startAndMemory;
  const of = (operation: Operation) => {
    const {service, floor, bare} = turns[operation];
    const {service: paced, floor: pacedFloor} = latencies[operation];
    return {
      rps: Math.round(median(rps(service))),
      floorRatio: round(median(ratios(rps(service), rps(floor))), 3),
      bareRatio: round(median(ratios(rps(service), rps(bare))), 3),
      p99FloorRatio: round(median(ratios(p99(paced), p99(pacedFloor))), 3),
    };
  };
  return {
    create: of('create'),
    checkRight: of('checkRight'),
    checkWrong: of('checkWrong'),
    status: of('status'),
    redis: {
      roundTrips,
      cpuMicros: round(cpuMicros.create + cpuMicros.check, 1),
      bytesPerPending: Math.round(bytesPerPending.verification + bytesPerPending.recipient),
    },
    rssMb: {
      ...(idleMb === undefined ? {} : {idle: round(idleMb, 1)}),
      ...(afterMb === undefined || cycles < million ? {} : {afterMillion: round(afterMb, 1)}),
    },
    coldStartMs: Math.round(median(coldStartsMs)),
    replicated: {ratio: round(median(ratios(replication.waitingRps, replication.otherRps)), 3)},
  };
}

/** A sentence for each target that was missed. */
export function missedTargets({
  create,
  checkRight,
  checkWrong,
  status,
  redis,
  rssMb,
  coldStartMs,
  replicated,
}: Result): string[] {
  const missed: string[] = [];
  const atLeast = (what: string, value: number, target: number) => {
    if (value < target) missed.push(`${what} is ${value}, expected at least ${target}`);
  };
  const atMost = (what: string, value: number, target: number) => {
    if (value > target) missed.push(`${what} is ${value}, expected at most ${target}`);
  };
  for (const [name, {floorRatio, bareRatio, p99FloorRatio}] of Object.entries({
    create,
    checkRight,
    checkWrong,
    status,
  })) {
    atLeast(`${name}.floorRatio`, floorRatio, targets.floorRatio);
    atLeast(`${name}.bareRatio`, bareRatio, targets.bareRatio);
    atMost(`${name}.p99FloorRatio`, p99FloorRatio, targets.p99FloorRatio);
  }
  atMost('redis.roundTrips', redis.roundTrips, targets.roundTrips);
  atMost('redis.cpuMicros', redis.cpuMicros, targets.cpuMicros);
  atMost('redis.bytesPerPending', redis.bytesPerPending, targets.bytesPerPending);
  if (rssMb.idle !== undefined) atMost('rssMb.idle', rssMb.idle, targets.idleMb);
  if (rssMb.afterMillion !== undefined) atMost('rssMb.afterMillion', rssMb.afterMillion, targets.afterMillionMb);
  atMost('coldStartMs', coldStartMs, targets.coldStartMs);
  atLeast('replicated.ratio', replicated.ratio, targets.replicatedRatio);
  return missed;
}

function throughputTable({turns}: Measured): string {
  const of = (pick: (turn: Turn) => number | undefined, from: readonly Turn[], digits: number) => {
    const known = from.flatMap((turn) => pick(turn) ?? []);
    return known.length === 0 ? '?' : median(known).toFixed(digits);
  };
  const rows = operations.map((operation) => {
    const {service, floor, bare} = turns[operation];
    return [
      operation,
      ...[service, floor, bare].map((each) => show(summarise(rps(each)), 0)),
      show(summarise(ratios(rps(service), rps(floor))), 2),
      show(summarise(ratios(rps(service), rps(bare))), 2),
      ...[service, floor, bare].map((each) => of(({cpuMicros}) => cpuMicros, each, 0)),
      ...[service, floor, bare].map((each) => of(({cpuShare}) => cpuShare, each, 2)),
    ];
  });
  const head = [
    'requests/s',
    'service',
    'floor',
    'bare',
    '/floor',
    '/bare',
    'CPU µs',
    'floor',
    'bare',
    'core',
    'floor',
    'bare',
  ];
  return `Saturation: median [lowest–highest round]; CPU time of the server a request; share of a core that it got. Where that is far from 1,\nothers used the machine, and the CPU time says more than the requests do.\n${table([head, ...rows])}`;
}

function latencyTable({latencies}: Measured): string {
  const rows = operations.map((operation) => {
    const {service, floor} = latencies[operation];
    const of = (pick: (each: (typeof service)[number]) => number, from = service) => show(summarise(from.map(pick)), 2);
    return [
      operation,
      of(({p50Ms}) => p50Ms),
      of(({p50Ms}) => p50Ms, floor),
      of(({p99Ms}) => p99Ms),
      of(({p99Ms}) => p99Ms, floor),
      show(summarise(ratios(p99(service), p99(floor))), 2),
      of(({latenessMs}) => latenessMs),
    ];
  });
  const head = ['ms', 'p50', 'floor', 'p99', 'floor', 'p99 /floor', 'generator late p99'];
  return `Latency at 70 % of each one's saturation, open model, from when a request was due\n${table([head, ...rows])}`;
}

function otherTable({redisCost, startAndMemory, replication, cycles}: Measured): string {
  const {roundTrips, cpuMicros, bytesPerPending} = redisCost;
  const {coldStartsMs, idleMb, afterMb} = startAndMemory;
  return table([
    ['Redis: commands a request', String(roundTrips)],
    ['Redis: µs a create + a check', `${cpuMicros.create.toFixed(1)} + ${cpuMicros.check.toFixed(1)}`],
    [
      'Redis: bytes of verification + recipient',
      `${bytesPerPending.verification.toFixed(0)} + ${bytesPerPending.recipient.toFixed(0)}`,
    ],
    ['MB resident: idle', idleMb?.toFixed(1) ?? 'unknown here'],
    [`MB resident: after ${cycles} verifications`, afterMb?.toFixed(1) ?? 'unknown here'],
    ['ms from process start to the first 201', show(summarise(coldStartsMs), 0)],
    ['creations/s that a replica has', show(summarise(replication.waitingRps), 0)],
    ['creations/s without waiting for it', show(summarise(replication.otherRps), 0)],
  ]);
}

const rps = (turns: readonly Turn[]) => turns.map((turn) => turn.rps);
const p99 = (latencies: readonly {p99Ms: number}[]) => latencies.map(({p99Ms}) => p99Ms);

function show({median: middle, lowest, highest}: Summary, digits: number): string {
  return `${middle.toFixed(digits)} [${lowest.toFixed(digits)}–${highest.toFixed(digits)}]`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}
