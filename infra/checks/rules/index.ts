import type {Rule} from '../rule.ts';
import {fenced, listening, selecting} from './network.ts';
import {autoscaled, bounded, drainable, hardened, pinned, probed} from './pods.ts';
import {defined, withoutSecrets} from './references.ts';

export const rules: readonly Rule[] = [
  hardened,
  bounded,
  probed,
  pinned,
  drainable,
  autoscaled,
  fenced,
  selecting,
  listening,
  defined,
  withoutSecrets,
];
