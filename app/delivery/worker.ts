import {setTimeout as delay} from 'node:timers/promises';
import type {Logger} from 'pino';
import {backoffMs} from '../domain/backoff.ts';
import {claimAfterMs, type DeliveryResult, type MessageName, type Outbox, type QueuedEntry} from './outbox.ts';

/** What is to be done about a message that was received. */
export interface Job {
  /** Messages of one lot share a bound: what is down holds up its own lot only. */
  readonly lot: string;
  /** What to note at once when too many of its lot wait already. @default it waits too */
  readonly overflow?: () => DeliveryResult;
  /** What became of it; undefined if `stopping` ended it before that was known. */
  run(signals: {readonly deadline: AbortSignal; readonly stopping: AbortSignal}): Promise<DeliveryResult | undefined>;
}

export interface OutboxWorkerOptions {
  readonly outbox: Outbox;
  readonly prepare: (message: QueuedEntry) => Job;
  readonly log: Logger;
  /** How often a worker says that it still has a message. @default a third of `claimAfterMs` */
  readonly renewMs?: number;
  /** Hears when a result has been noted. */
  readonly onSettled?: (message: QueuedEntry, result: DeliveryResult) => void;
}

const pollMs = 2000;
/** Once the store is back, messages wait no longer than this. */
const outageWait = {firstMs: 500, maxMs: 1000} as const;
/** Messages of one lot that a worker has in hand, with their contents. */
const maxInHandPerLot = 1000;
/** Messages that wait for room in their lot, by name only; with more than these no more are received. */
const maxParked = 50_000;
/** The same, for a lot that may lose some: it must not fill the place of the others. */
const maxParkedOverflowing = 5000;

/** Takes messages from the outbox, has each delivered, and notes what became of it. */
export class OutboxWorker {
  readonly #options: OutboxWorkerOptions;
  readonly #renewMs: number;
  readonly #stopping = new AbortController();
  /** What is being delivered, by name: a message that comes again meanwhile is only held on to. */
  readonly #inHand = new Map<string, {readonly message: QueuedEntry; readonly done: Promise<void>}>();
  readonly #lots = new Map<string, Lot>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: OutboxWorkerOptions) {
    this.#options = options;
    this.#renewMs = options.renewMs ?? claimAfterMs / 3;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Takes no more messages, waits up to `graceMs` for those in hand, and gives the others to other workers. */
  async stop(graceMs: number): Promise<void> {
    const {outbox} = this.#options;
    this.#stopping.abort();
    outbox.interrupt();
    const ended = this.#loop.then(() => Promise.all([...this.#inHand.values()].map(({done}) => done)));
    await Promise.race([ended, delay(graceMs, undefined, {ref: false})]);
    const left = [...this.#inHand.values()].map(({message}) => message);
    const parked = [...this.#lots.values()].flatMap((lot) => [...lot.parked.values()]);
    // Without the store nobody can be told; they are claimed a little later.
    await outbox.release([...left, ...parked]).catch(() => {});
    await outbox.close();
  }

  async #run(): Promise<void> {
    const {outbox, log} = this.#options;
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        for (const lot of this.#lots.values()) await this.#refill(lot);
        if (this.#parked() >= maxParked) await this.#pause(failures);
        else for (const message of await outbox.receive(pollMs)) this.#take(message);
        failures = 0;
      } catch (err) {
        if (this.#stopping.signal.aborted) return;
        if (failures === 0) log.warn({err}, 'outbox out of reach');
        await this.#pause(failures++);
      }
    }
  }

  #take(message: QueuedEntry): void {
    const {outbox} = this.#options;
    const name = nameOf(message);
    if (this.#inHand.has(name)) {
      void outbox.renew(message).catch(() => {});
      return;
    }
    const job = this.#options.prepare(message);
    const lot = this.#lots.get(job.lot) ?? {inHand: 0, parked: new Map(), refilling: false};
    this.#lots.set(job.lot, lot);
    if (lot.inHand >= maxInHandPerLot) {
      if (job.overflow !== undefined && lot.parked.size >= maxParkedOverflowing && !lot.parked.has(name)) {
        void outbox.settle(message, job.overflow()).catch(() => {});
        return;
      }
      outbox.park(message);
      lot.parked.set(name, {entry: message.entry, address: message.address});
      return;
    }
    lot.parked.delete(name);
    lot.inHand++;
    const renewal = setInterval(() => void outbox.renew(message).catch(() => {}), this.#renewMs);
    const done = this.#deliver(message, job).finally(() => {
      clearInterval(renewal);
      this.#inHand.delete(name);
      lot.inHand--;
      // In batches: half of the room at a time.
      if (lot.parked.size > 0 && lot.inHand <= maxInHandPerLot / 2) void this.#refill(lot).catch(() => {});
    });
    this.#inHand.set(name, {message, done});
  }

  /** Takes up parked messages, oldest first, as far as there is room for them. */
  async #refill(lot: Lot): Promise<void> {
    const room = maxInHandPerLot - lot.inHand;
    if (lot.refilling || room <= 0 || lot.parked.size === 0 || this.#stopping.signal.aborted) return;
    lot.refilling = true;
    try {
      const names = [...lot.parked.entries()].slice(0, room);
      const messages = await this.#options.outbox.retake(names.map(([, name]) => name));
      // Whatever did not come back is another worker's now.
      for (const [name] of names) lot.parked.delete(name);
      for (const message of messages) this.#take(message);
    } finally {
      lot.refilling = false;
    }
  }

  #parked(): number {
    let parked = 0;
    for (const lot of this.#lots.values()) parked += lot.parked.size;
    return parked;
  }

  async #deliver(message: QueuedEntry, job: Job): Promise<void> {
    const {log} = this.#options;
    try {
      const deadline = AbortSignal.timeout(Math.max(0, Math.min(message.remainingMs, maxTimerMs)));
      const result = await job.run({deadline, stopping: this.#stopping.signal});
      // Stopped in the middle of retries: another worker goes on with it.
      if (result !== undefined) await this.#settle(message, result);
    } catch (err) {
      log.error({err, verificationId: message.address.id}, 'message left in the outbox');
    }
  }

  /** Notes the result, however long the store takes to come back. */
  async #settle(message: QueuedEntry, result: DeliveryResult): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#options.outbox.settle(message, result);
        return this.#options.onSettled?.(message, result);
      } catch (error) {
        if (this.#stopping.signal.aborted) throw error;
        await this.#pause(attempt);
      }
    }
  }

  async #pause(attempt: number): Promise<void> {
    // An abort ends the pause; whoever pauses looks at the signal.
    await delay(backoffMs(attempt, outageWait), undefined, {signal: this.#stopping.signal}).catch(() => {});
  }
}

interface Lot {
  inHand: number;
  readonly parked: Map<string, MessageName>;
  refilling: boolean;
}

/** The longest time that a timer of Node can wait. */
const maxTimerMs = 2 ** 31 - 1;

function nameOf({address: {partition}, entry}: MessageName): string {
  return `${partition} ${entry}`;
}
