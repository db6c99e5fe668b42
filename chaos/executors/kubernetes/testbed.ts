import type {Reached} from '../reached.ts';
import type {RedisPods} from './redis-pods.ts';

/** The pods of a run, as faults handle them. */
export interface KubernetesTestbed extends Reached {
  readonly redis: RedisPods;
  /** How many pods of Redis there were at the start. */
  readonly redisReplicas: number;
}
