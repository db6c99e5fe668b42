import type {Cluster} from '../cluster/connect.ts';
import type {Claims} from './claims.ts';
import type {E2eSettings} from './settings.ts';

/** What every part of a run works with. */
export interface RunOptions {
  readonly settings: E2eSettings;
  readonly cluster: Cluster;
  /** The environment's file. */
  readonly file: string;
  readonly claims: Claims;
  readonly signal: AbortSignal;
}
