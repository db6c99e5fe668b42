import {setTimeout as sleep} from 'node:timers/promises';
import type {Testbed} from '../executors/executor.ts';
import type {FaultTimes} from '../history.ts';
import {waitUntil} from '../lab/wait-until.ts';
import type {RunPlan} from '../workload/plan.ts';
import type {Fault} from './fault.ts';

// How long a fault may take to show after it was injected.
const EFFECT_MS = 2_000;

/**
 * Injects a fault, looks whether it took effect, leaves it for a while, looks again, and heals it, whatever happens.
 * @throws Error when the fault was not in effect all the time: then the run proves nothing.
 */
export async function breakAndHeal(
  fault: Fault,
  {faultStartMs, faultHoldMs}: Pick<RunPlan, 'faultStartMs' | 'faultHoldMs'>,
  testbed: Testbed,
  note: (event: string) => number,
  signal: AbortSignal,
): Promise<FaultTimes> {
  await sleep(faultStartMs, undefined, {signal});
  if (await fault.isInEffect(testbed)) throw new Error(`${fault.name} looked in effect before it was injected`);
  const startMs = note(`${fault.name} injected`);
  let provenMs: number;
  let healStartMs: number;
  try {
    await fault.inject(testbed);
    await waitUntil(`an effect of ${fault.name}`, EFFECT_MS, () => fault.isInEffect(testbed));
    provenMs = note('fault seen in effect');
    await sleep(faultHoldMs, undefined, {signal});
    healStartMs = note('healing begins');
    if (!(await fault.isInEffect(testbed))) throw new Error(`${fault.name} was over before it was healed`);
  } finally {
    await fault.heal(testbed);
  }
  return {startMs, provenMs, healStartMs, healedMs: note('healed')};
}
