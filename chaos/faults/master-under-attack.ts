import type {ProcessTestbed} from '../executors/process-testbed.ts';
import {replicatedSetOf} from '../executors/process-testbed.ts';
import type {RedisNode} from '../lab/redis-node.ts';
import type {ReplicatedSet} from '../lab/replicated-set.ts';

/** Who was master when the fault came: after a failover it is another. */
export interface MasterUnderAttack {
  readonly set: ReplicatedSet;
  /** @throws Error before `choose`. */
  readonly master: RedisNode;
  readonly replicas: readonly RedisNode[];
  readonly chosen: boolean;
  choose(): Promise<RedisNode>;
}

export function masterUnderAttack(testbed: ProcessTestbed): MasterUnderAttack {
  const set = replicatedSetOf(testbed);
  let chosen: RedisNode | undefined;
  const master = () => {
    if (chosen) return chosen;
    throw new Error('no master was chosen yet');
  };
  return {
    set,
    get master() {
      return master();
    },
    get replicas() {
      return set.nodes.filter((node) => node !== master());
    },
    get chosen() {
      return chosen !== undefined;
    },
    async choose() {
      chosen = await set.master();
      return chosen;
    },
  };
}
