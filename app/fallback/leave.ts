import type {Logger} from 'pino';
import {aged, type Holding} from '../store/holding.ts';
import type {RecipientName} from '../store/memory-holdings.ts';
import type {RedisHandover} from '../store/redis-handover.ts';
import {isCertain} from '../store/store.ts';
import type {FallbackStore, SendResult} from './fallback-store.ts';
import type {PartBreakers} from './part-breakers.ts';
import {type Peers, ranked} from './peers.ts';

export interface LeaveOptions {
  readonly instance: string;
  readonly fallback: FallbackStore;
  readonly breakers: Pick<PartBreakers, 'isOpen' | 'partOf' | 'run'>;
  readonly handover: Pick<RedisHandover, 'adoption' | 'probe' | 'requeue'>;
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
  const {fallback, handover, log, withinMs} = options;
  if (fallback.isEmpty && fallback.queue.size === 0) return;
  const endsAt = performance.now() + withinMs;
  const isThere = looking(options);
  const waiting = fallback.recipients();
  const count = waiting.length;
  let unknown = 0;
  const hand = async (name: RecipientName): Promise<void> => {
    // What a request has begun to bring back, and the store has refused, is here still.
    for (let isTried = false; !isTried && fallback.holdsRecipient(name); ) {
      await fallback.move(name, async (holding, sequence) => {
        isTried = true;
        const result = await send(options, isThere, holding, sequence, endsAt);
        if (result === 'unknown') unknown++;
        return result;
      });
    }
  };
  await inTime(endsAt, waiting, hand);
  const messages = fallback.takeStrayMessages();
  let lostMessages = messages.length;
  await inTime(endsAt, messages, async (message) => {
    const isQueued = await succeeds(handover.requeue(message));
    if (isQueued) lostMessages--;
  });
  const lost = fallback.recipients().length;
  log.info({recipients: count, unknown, lost, lostMessages}, 'handed over what was held in memory');
}

/** Some at a time, as many as there is time for. */
async function inTime<T>(endsAt: number, waiting: T[], run: (next: T) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({length: concurrent}, async () => {
      for (let next = waiting.pop(); next !== undefined && performance.now() < endsAt; next = waiting.pop())
        await run(next);
    }),
  );
}

/** Tells whether the part of the store that has a partition is there. One that counts as away may have come back: it is asked once. */
function looking({breakers, handover}: LeaveOptions): (partition: number) => Promise<boolean> {
  const asked = new Map<string, Promise<boolean>>();
  return async (partition) => {
    const part = breakers.partOf(partition);
    if (!breakers.isOpen(partition)) {
      asked.delete(part);
      return true;
    }
    const known = asked.get(part);
    if (known !== undefined) return known;
    const asking = succeeds(handover.probe(partition));
    asked.set(part, asking);
    return asking;
  };
}

function succeeds(operation: Promise<void>): Promise<boolean> {
  return operation.then(
    () => true,
    () => false,
  );
}

async function send(
  {instance, breakers, handover, peers, onUnsettled}: LeaveOptions,
  isThere: (partition: number) => Promise<boolean>,
  holding: Holding,
  sequence: number,
  endsAt: number,
): Promise<SendResult> {
  const heldAt = performance.now();
  const {partition} = holding;
  const adoption = handover.adoption(holding, instance, sequence);
  const toStore = async () => {
    // One that goes away meanwhile, and answers nothing, is not waited for by each: there are peers, and little time.
    await (breakers.isOpen(partition) ? adoption.send() : breakers.run(partition, () => adoption.send()));
    if (breakers.isOpen(partition)) onUnsettled(holding);
  };
  const storeIsThere = await isThere(partition);
  const leftMs = () => Math.min(longestCallMs, endsAt - performance.now());
  const now = () => aged(holding, Math.ceil(performance.now() - heldAt));
  const targets = [
    ...(storeIsThere ? [toStore] : []),
    ...ranked(holding.recipientTag, peers.ready()).map((peer) => () => peer.adopt(now(), leftMs())),
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
