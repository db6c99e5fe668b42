import type {Bounds, Checker} from '../checks/checker.ts';
import type {Environment} from '../executors/executor.ts';
import type {Fault} from '../faults/fault.ts';
import type {Speed} from '../speed.ts';
import type {Pace, Workload} from '../workload/plan.ts';

/** What is claimed to hold although something breaks. Data alone; `run-scenario.ts` does the work. */
export interface Scenario {
  readonly name: string;
  readonly claim: string;
  readonly environment: Environment;
  /** Journeys from create to approval that must succeed before the fault, or the run says nothing. */
  readonly steadyJourneys: number;
  readonly workload: Workload;
  readonly fault: Fault;
  readonly pace: Readonly<Record<Speed, Pace>>;
  readonly checks: readonly Checker[];
  readonly bounds: Bounds;
}
