import {expect, test} from 'vitest';
import type {Turn} from './contestant.ts';
import {type Measured, missedTargets, report, toResult} from './report.ts';

const turns = (...rps: number[]): Turn[] =>
  rps.map((each) => ({rps: each, count: each, cpuMicros: undefined, cpuShare: undefined}));
const latencies = (...p99Ms: number[]) => p99Ms.map((each) => ({p50Ms: 1, p99Ms: each, latenessMs: 0}));
const turn = {service: turns(900, 500, 880), floor: turns(1000, 1000, 1000), bare: turns(1000, 1100, 1100)};
const latency = {service: latencies(3, 4), floor: latencies(2, 4)};

const measured: Measured = {
  turns: {create: turn, status: turn, checkWrong: turn, checkRight: turn},
  latencies: {create: latency, status: latency, checkWrong: latency, checkRight: latency},
  redisCost: {roundTrips: 1, cpuMicros: {create: 30, check: 20}, bytesPerPending: {verification: 400, recipient: 100}},
  startAndMemory: {coldStartsMs: [300, 200, 400], idleMb: 100, afterMb: 110},
  replication: {waitingRps: [800, 900, 700], otherRps: [1000, 1000, 1000]},
  cycles: 1000,
};

test('the result is the median of the ratios of each round, not the ratio of the medians', () => {
  const expected = {rps: 880, floorRatio: 0.88, bareRatio: 0.8, p99FloorRatio: 1.25};
  expect(toResult(measured)).toEqual({
    create: expected,
    checkRight: expected,
    checkWrong: expected,
    status: expected,
    redis: {roundTrips: 1, cpuMicros: 50, bytesPerPending: 500},
    rssMb: {idle: 100},
    coldStartMs: 300,
    replicated: {ratio: 0.8},
  });
});

test('memory after a million is told only if a million were run', () => {
  expect(toResult({...measured, cycles: 1_000_000}).rssMb).toEqual({idle: 100, afterMillion: 110});
});

test('a missed target is named with its value and what was expected', () => {
  expect(missedTargets(toResult(measured))).toEqual([]);
  const slow = {...measured, redisCost: {...measured.redisCost, cpuMicros: {create: 50, check: 20}}};
  expect(missedTargets(toResult(slow))).toEqual(['redis.cpuMicros is 70, expected at most 60']);
  const grown = {...measured, startAndMemory: {...measured.startAndMemory, afterMb: 170}, cycles: 1_000_000};
  expect(missedTargets(toResult(grown))).toEqual(['rssMb.afterMillion is 170, expected at most 160']);
});

test('the last line of the report is the result as JSON', () => {
  expect(JSON.parse(report(measured).split('\n').at(-1) ?? '')).toEqual(toResult(measured));
});
