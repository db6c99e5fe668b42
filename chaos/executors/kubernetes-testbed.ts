import type {Reached} from './reached.ts';

/** The pods of a run, as faults handle them. */
export interface KubernetesTestbed extends Reached {
  readonly namespace: string;
}
