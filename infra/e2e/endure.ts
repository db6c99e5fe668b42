import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import type {Claims} from './claims.ts';
import type {Phase, Stage} from './phases/phase.ts';
import type {PhaseTally} from './traffic/history.ts';

/** A phase that was gone through. */
export interface PhaseReport extends PhaseTally {
  /** Until the installation was whole again. */
  readonly seconds: number;
  /** What was seen of the fault itself. */
  readonly seen: readonly string[];
}

export interface EnduranceReport {
  readonly phases: readonly PhaseReport[];
  readonly skipped: readonly {readonly phase: string; readonly why: string}[];
}

// Users who created their codes before the fault have presented them by then.
const aftermathMs = 5000;

/** Lets one thing after the other happen under load, and holds each to what is promised. A phase that fails is told, and the next one begins. */
export async function endure(
  given: Omit<Stage, 'saw'>,
  phases: readonly Phase[],
  claims: Claims,
): Promise<EnduranceReport> {
  const reports: PhaseReport[] = [];
  const skipped: {phase: string; why: string}[] = [];
  const {traffic, signal} = given;
  for (const phase of phases) {
    signal.throwIfAborted();
    const seen: string[] = [];
    const stage: Stage = {
      ...given,
      saw(what) {
        seen.push(what);
        console.log(`     ${what}`);
      },
    };
    const why = phase.unavailable?.(stage);
    if (why !== undefined) {
      console.log(`!!! SKIPPED: ${phase.name}: ${why}`);
      skipped.push({phase: phase.name, why});
      continue;
    }
    await claims.note(`${phase.name}, and users go on`, async () => {
      const startedAt = performance.now();
      traffic.enter(phase.name);
      await phase.disturb(stage);
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      await wait(aftermathMs, undefined, {signal});
      traffic.enter('between phases');
      await traffic.settled();
      const report = {...traffic.tally(phase.name), seconds, seen};
      reports.push(report);
      console.log(JSON.stringify(report));
      keepsItsPromise(report, phase);
    });
  }
  return {phases: reports, skipped};
}

function keepsItsPromise(report: PhaseReport, {bounds}: Phase): void {
  assert.ok(report.creates > 0 && report.approved > 0, 'nobody was served: the phase says nothing');
  assert.equal(report.approvedTwice, 0, 'codes approved twice');
  assert.deepEqual(report.createFailures, {}, 'creations refused');
  if (!bounds.mayMiss) assert.deepEqual(report.unreached, {}, 'requests that reached no pod');
  assert.deepEqual(report.unexplained, [], 'right codes that were refused');
  if (!bounds.mayLose) assert.equal(report.lost, 0, 'acknowledged verifications lost');
  assert.ok(
    report.slowestCheckMs <= bounds.settledMs,
    `a right code waited ${report.slowestCheckMs} ms for its final answer, more than ${bounds.settledMs}`,
  );
}
