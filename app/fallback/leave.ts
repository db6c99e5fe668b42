import type {Logger} from 'pino';
import type {Holding} from '../store/holding.ts';
import type {RecipientName} from '../store/memory-holdings.ts';
import type {RedisHandover} from '../store/redis-handover.ts';
import {isCertain} from '../store/store.ts';
import type {FallbackStore, SendResult} from './fallback-store.ts';
import type {PartBreakers} from './part-breakers.ts';
import {type Peers, ranked} from './peers.ts';

export interface LeaveOptions {
  readonly instance: string;
  readonly fallback: FallbackStore;
  readonly breakers: Pick<PartBreakers, 'isOpen' | 'partOf'>;
  readonly handover: Pick<RedisHandover, 'adoption' | 'probe'>;
  readonly peers: Peers;
  /** Hears of a recipient that others may not find now: it is in the store, which counted as away, or nobody knows whether it has arrived. */
  readonly onUnsettled: (name: RecipientName) => void;
  readonly log: Logger;
  /** How long it may take; what has not gone by then is gone with the process. */
  readonly withinMs: number;
}

const concurrent = 32;
const longestCallMs = 2000;

/**
 * Hands over all that a process holds before it ends. From the moment of sending on a recipient is not served here any
 * more, unless it was certainly refused; it goes to one place, the store or else the first peer in its order that takes it.
 */
export async function leave(options: LeaveOptions): Promise<void> {
  const {fallback, log, withinMs} = options;
  if (fallback.isEmpty) return;
  const endsAt = performance.now() + withinMs;
  const isThere = looking(options);
  const waiting = fallback.recipients();
  const count = waiting.length;
  let unknown = 0;
  const hand = async (holding: Holding, sequence: number): Promise<SendResult> => {
    const result = await send(options, await isThere(holding.partition), holding, sequence, endsAt);
    if (result === 'unknown') unknown++;
    return result;
  };
  await Promise.all(
    Array.from({length: concurrent}, async () => {
      for (let next = waiting.pop(); next !== undefined && performance.now() < endsAt; next = waiting.pop())
        await fallback.move(next, hand);
    }),
  );
  log.info({recipients: count, unknown, lost: fallback.recipients().length}, 'handed over what was held in memory');
}

/** Tells whether the part of the store that has a partition is there. One that counts as away may have come back: it is asked once. */
function looking({breakers, handover}: LeaveOptions): (partition: number) => Promise<boolean> {
  const asked = new Map<string, Promise<boolean>>();
  return async (partition) => {
    if (!breakers.isOpen(partition)) return true;
    const part = breakers.partOf(partition);
    const known = asked.get(part);
    if (known !== undefined) return known;
    const asking = handover.probe(partition).then(
      () => true,
      () => false,
    );
    asked.set(part, asking);
    return asking;
  };
}

async function send(
  {instance, breakers, handover, peers, onUnsettled}: LeaveOptions,
  storeIsThere: boolean,
  holding: Holding,
  sequence: number,
  endsAt: number,
): Promise<SendResult> {
  const leftMs = () => Math.min(longestCallMs, endsAt - performance.now());
  const toStore = async () => {
    await handover.adoption(holding, instance, sequence).send();
    if (breakers.isOpen(holding.partition)) onUnsettled(holding);
  };
  const targets = [
    ...(storeIsThere ? [toStore] : []),
    ...ranked(holding.recipientTag, peers.ready()).map((peer) => () => peer.adopt(holding, leftMs())),
  ];
  for (const target of targets) {
    try {
      await target();
      return 'taken';
    } catch (error) {
      if (isCertain(error)) continue;
      onUnsettled(holding);
      return 'unknown';
    }
  }
  return 'refused';
}
