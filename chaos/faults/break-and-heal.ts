import {setTimeout as sleep} from 'node:timers/promises';
import type {FaultTimes} from '../history.ts';
import {waitUntil} from '../lab/wait-until.ts';
import type {Cues} from '../workload/cues.ts';
import type {RunPlan} from '../workload/plan.ts';
import type {Fault, FaultInHand} from './fault.ts';

const EFFECT_MS = 2_000;

export interface BreakOptions {
  readonly fault: Fault;
  readonly inHand: FaultInHand;
  readonly plan: Pick<RunPlan, 'faultStartMs' | 'faultHoldMs'>;
  readonly cues: Cues;
  /** Writes into the time line. @returns ms since the start of the run */
  readonly note: (event: string) => number;
  readonly signal: AbortSignal;
}

/**
 * Injects a fault, looks whether it took effect, leaves it for a while, looks again, and heals it, whatever happens.
 * @throws Error when the fault was not in effect all the time: then the run proves nothing.
 */
export async function breakAndHeal({fault, inHand, plan, cues, note, signal}: BreakOptions): Promise<FaultTimes> {
  await sleep(plan.faultStartMs, undefined, {signal});
  if (await inHand.isInEffect()) throw new Error(`${fault.name} looked in effect before it was injected`);
  let startMs: number;
  let provenMs: number;
  let healStartMs: number;
  try {
    await inHand.prelude?.();
    startMs = note(`${fault.name} injected`);
    cues.give('breaking');
    await inHand.inject();
    await waitUntil(`an effect of ${fault.name}`, inHand.effectMs ?? EFFECT_MS, () => inHand.isInEffect(), signal);
    provenMs = note('fault seen in effect');
    cues.give('broken');
    await hold(inHand, plan.faultHoldMs, {cues, note, signal});
    healStartMs = note('healing begins');
    if (!(await inHand.isInEffect())) throw new Error(`${fault.name} was over before it was healed`);
  } finally {
    await inHand.heal();
  }
  cues.give('healed');
  return {startMs, provenMs, healStartMs, healedMs: note('healed')};
}

/** What goes on while the fault lasts may take longer than planned; it is not cut short. */
async function hold(
  {during}: FaultInHand,
  holdMs: number,
  {cues, note, signal}: Pick<BreakOptions, 'cues' | 'note' | 'signal'>,
) {
  const pause = (durationMs: number) => sleep(durationMs, undefined, {signal});
  await Promise.all([pause(holdMs), during?.({cues, note, pause, signal})]);
}
