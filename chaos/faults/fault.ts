import type {KubernetesTestbed} from '../executors/kubernetes/testbed.ts';
import type {ProcessTestbed} from '../executors/process-testbed.ts';
import type {ExecutorName} from '../executors/reached.ts';
import type {Cues} from '../workload/cues.ts';

/** Something that breaks, and can be mended. */
export interface Fault {
  readonly name: string;
  readonly description: string;
  /** Executors that can really do it, and how. */
  readonly on: {
    readonly processes?: (testbed: ProcessTestbed) => FaultInHand;
    readonly kubernetes?: (testbed: KubernetesTestbed) => FaultInHand;
  };
}

/** A fault for one run: it knows what it has broken. */
export interface FaultInHand {
  /** What has to be done some time before, and disturbs nothing yet. */
  readonly prelude?: () => Promise<void>;
  /** How long it may take to show, in ms. @default 2000 */
  readonly effectMs?: number;
  inject(): Promise<void>;
  /** Looks from outside whether the fault is in effect; a fault that nobody can see proves nothing. */
  isInEffect(): Promise<boolean>;
  /** What goes on while it lasts; it is healed not before this has ended. */
  readonly during?: (during: During) => Promise<void>;
  /** Resolves when what was broken answers again. Does no harm where nothing is broken. */
  heal(): Promise<void>;
}

interface During {
  /** For users that wait for the next thing that breaks. */
  readonly cues: Cues;
  /** For the time line. */
  note(event: string): void;
  /** Rejects when the run is interrupted. */
  pause(durationMs: number): Promise<void>;
  readonly signal: AbortSignal;
}

export function executorsOf({on}: Fault): ExecutorName[] {
  return Object.keys(on) as ExecutorName[];
}
