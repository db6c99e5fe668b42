import type {ExecutorName, Testbed} from '../executors/executor.ts';

/** Something that breaks, and can be mended. */
export interface Fault {
  readonly name: string;
  readonly description: string;
  /** Executors that can really do it. */
  readonly executors: readonly ExecutorName[];
  inject(testbed: Testbed): Promise<void>;
  /** Looks from outside whether the fault is in effect; a fault that nobody can see proves nothing. */
  isInEffect(testbed: Testbed): Promise<boolean>;
  /** Resolves when what was broken answers again. Does no harm where nothing is broken. */
  heal(testbed: Testbed): Promise<void>;
}
