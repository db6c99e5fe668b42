import {randomUUID} from 'node:crypto';
import {setTimeout as wait} from 'node:timers/promises';
import {type Answer, codeOf, type HttpClient} from '../http.ts';
import {isUnreached, type Journey, type PhaseTally, type Request, tally} from './history.ts';

export interface TrafficOptions {
  readonly client: HttpClient;
  /** Read anew for each request, so that a rotated key is taken up. */
  readonly apiKey: () => string;
  /** Its codes come with the answer (channel `direct`). */
  readonly policy: string;
  /** Users that begin per second, whatever the service does: an open model. */
  readonly usersPerSecond: number;
}

// Spread evenly: at any instant codes of all ages up to this wait to be presented.
const maxThinkMs = 3000;
const giveUpAfterMs = 60_000;
const retryMs = 200;

/**
 * A constant load of users who create a code, think, present it until they are answered finally, and present it once
 * more. What no pod has answered they repeat, as the API asks for: a creation under the same Idempotency-Key.
 */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #requests: Request[] = [];
  readonly #journeys: Journey[] = [];
  readonly #users = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #phase = 'steady';
  #loop: Promise<void> = Promise.resolve();
  #begun = 0;
  #usersPerSecond: number;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#usersPerSecond = options.usersPerSecond;
  }

  start(): void {
    this.#loop = this.#begin();
  }

  /** Requests from now on count in this phase. */
  enter(phase: string): void {
    this.#phase = phase;
  }

  /** Lets so many users begin per second from now on; gives what it was. */
  setRate(usersPerSecond: number): number {
    const before = this.#usersPerSecond;
    this.#usersPerSecond = usersPerSecond;
    return before;
  }

  /** Resolves when the users of the past have presented their codes, those of `phase` included. */
  async settled(): Promise<void> {
    await Promise.all([...this.#users]);
  }

  tally(phase: string): PhaseTally {
    return tally(phase, this.#requests, this.#journeys);
  }

  /** Every request so far, with the instant at which it was sent: what the logs of the pods are matched with. */
  history(): (Request & {readonly sentAt: string})[] {
    return this.#requests.map((request) => ({
      sentAt: new Date(performance.timeOrigin + request.startedAt).toISOString(),
      ...request,
    }));
  }

  /** Begins no more users and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.settled();
  }

  async #begin(): Promise<void> {
    const {signal} = this.#stopping;
    let due = performance.now();
    while (!signal.aborted) {
      due += 1000 / this.#usersPerSecond;
      // An abort ends the wait, and with it the loop.
      await wait(Math.max(0, due - performance.now()), undefined, {signal}).catch(() => {});
      if (signal.aborted) return;
      const running = this.#serve().finally(() => this.#users.delete(running));
      this.#users.add(running);
    }
  }

  async #serve(): Promise<void> {
    const createdIn = this.#phase;
    const number = this.#begun++;
    const to = `e2e-${number}-${randomUUID()}`;
    const body = {to, policy: this.#options.policy, channel: 'direct'};
    const beganAt = performance.now();
    // With one key: whatever of it was done, it is done once.
    const key = randomUUID();
    const create = () => this.#send('create', '/v1/verifications', body, key);
    let created = await create();
    while (isUnreached(answered(created)) && performance.now() - beganAt < giveUpAfterMs) {
      await wait(retryMs);
      created = await create();
    }
    const createdMs = performance.now() - beganAt;
    if (created.status !== 201) {
      const ending = isUnreached(answered(created)) ? 'never_reached' : 'not_created';
      this.#journeys.push({createdIn, ending, createdMs});
      return;
    }
    const {id, code} = created.body as {id: string; code: string};
    await wait((number % 16) * (maxThinkMs / 16));
    const checkedIn = this.#phase;
    const firstAt = performance.now();
    const check = () => this.#send('check', `/v1/verifications/${id}/check`, {code});
    let answer = await check();
    const isSettled = () => answer.status !== 503 && !isUnreached(answered(answer));
    while (!isSettled() && performance.now() - firstAt < giveUpAfterMs) {
      await wait(retryMs);
      answer = await check();
    }
    const settledMs = performance.now() - firstAt;
    const last = `${id}: ${answer.status} ${codeOf(answer.body) ?? ''}`;
    // An earlier attempt whose answer was lost may have been the one that was approved.
    const approved = answer.status === 200 || codeOf(answer.body) === 'verification_already_approved';
    if (!approved) {
      const ending = codeOf(answer.body) === 'verification_lost' ? 'lost' : 'unexplained';
      this.#journeys.push({createdIn, checkedIn, ending, createdMs, settledMs, last});
      return;
    }
    const again = await check();
    this.#journeys.push({
      createdIn,
      checkedIn,
      createdMs,
      settledMs,
      ending: again.status === 200 ? 'approved_twice' : 'approved',
    });
  }

  async #send(kind: Request['kind'], path: string, json: object, idempotencyKey: string = randomUUID()) {
    const {client, apiKey} = this.#options;
    const startedAt = performance.now();
    const phase = this.#phase;
    const answer = await client.attempt({method: 'POST', path, json, apiKey: apiKey(), idempotencyKey});
    this.#requests.push({phase, kind, startedAt, endedAt: performance.now(), ...answered(answer)});
    return answer;
  }
}

function answered({status, body}: Answer): Pick<Request, 'status' | 'code'> {
  const code = codeOf(body);
  return {status, ...(code === undefined ? {} : {code})};
}
