import {setTimeout as sleep} from 'node:timers/promises';
import {type Guess, isUnavailable, type Operation} from '../history.ts';
import type {Client} from './client.ts';
import type {Cues, Moment} from './cues.ts';
import type {UserPlan} from './plan.ts';
import type {PolicyName} from './policies.ts';

// A user who is told "not now" comes back, ever more slowly; 60 times bridge the longest fault and recovery: a minute and a half.
const RETRY_MS = 250;
const RETRY_MAX_MS = 2_000;
const TRIES_MAX = 60;
// How often a user looks for the message, and for how long.
const LOOK_MS = 50;
const MESSAGE_MS = 12_000;

/** What a user acts through. */
export interface Surroundings {
  readonly client: Client;
  readonly cues: Cues;
  readonly signal: AbortSignal;
}

/** A verification, and the code that is good for it. */
export interface Sent {
  readonly id: string;
  readonly code: string;
}

/** What all users have in common: a recipient, patience, and eyes that read the code from the message. */
export class User {
  readonly plan: UserPlan;
  readonly recipient: string;
  readonly #client: Client;
  readonly #cues: Cues;
  readonly #signal: AbortSignal;

  constructor(plan: UserPlan, recipient: string, {client, cues, signal}: Surroundings) {
    this.plan = plan;
    this.recipient = recipient;
    this.#client = client;
    this.#cues = cues;
    this.#signal = signal;
  }

  nowMs(): number {
    return this.#client.nowMs();
  }

  /** @throws AbortError when the run is interrupted. */
  async pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, {signal: this.#signal});
  }

  think(): Promise<void> {
    return this.pause(this.plan.thinkMs);
  }

  /** Waits for one of these moments, or else until then (ms since the start of the run). */
  async cue(moments: readonly Moment[], untilMs: number): Promise<void> {
    await Promise.race([this.#cues.next(...moments), this.pause(Math.max(0, untilMs - this.nowMs()))]);
  }

  create(policy: PolicyName, idempotencyKey?: string): Promise<Operation> {
    return this.#client.create({...this.#subject(), ...keyed(idempotencyKey)}, policy);
  }

  check(verificationId: string, code: string, guess: Guess, idempotencyKey?: string): Promise<Operation> {
    return this.#client.check({...this.#subject(), verificationId, guess, ...keyed(idempotencyKey)}, code);
  }

  resend(verificationId: string): Promise<Operation> {
    return this.#client.resend({...this.#subject(), verificationId});
  }

  cancel(verificationId: string): Promise<Operation> {
    return this.#client.cancel({...this.#subject(), verificationId});
  }

  /** Repeats an act until the service is there to answer it. */
  async insist(act: () => Promise<Operation>): Promise<Operation> {
    let operation = await act();
    for (let tries = 1; tries < TRIES_MAX && isUnavailable(operation); tries++) {
      await this.pause(Math.min(RETRY_MAX_MS, RETRY_MS * 1.2 ** (tries - 1)));
      operation = await act();
    }
    return operation;
  }

  /** Asks for a code until it is acknowledged, and waits for the message. Undefined where either fails for good. */
  async obtainCode(policy: PolicyName, idempotencyKey?: string): Promise<Sent | undefined> {
    const {outcome, verificationId: id} = await this.insist(() => this.create(policy, idempotencyKey));
    return outcome === 'ok' && id !== undefined ? this.readCode(id) : undefined;
  }

  /** Waits for the newest message. Undefined where it does not come, or nobody can know whether another one is on its way. */
  async readCode(id: string): Promise<Sent | undefined> {
    for (let waitedMs = 0; waitedMs < MESSAGE_MS; waitedMs += LOOK_MS) {
      const code = this.#client.sentCode(id);
      if (code !== undefined) return {id, code};
      await this.pause(LOOK_MS);
    }
    return undefined;
  }

  #subject() {
    return {phase: 'workload', user: this.plan.name, recipient: this.recipient} as const;
  }
}

function keyed(idempotencyKey: string | undefined): {idempotencyKey?: string} {
  return idempotencyKey === undefined ? {} : {idempotencyKey};
}

/** A code of the same form that is certainly not this one. */
export function wrongCode(code: string): string {
  return `${code.slice(0, -1)}${(Number(code.slice(-1)) + 1) % 10}`;
}
