import type {Redis} from 'ioredis';
import type {Installation} from './installation.ts';
import {requestText} from './load/connection.ts';
import {Load, type Requests} from './load/load.ts';
import {readCodes} from './outbox-codes.ts';
import {cpuSeconds} from './process-usage.ts';
import {referenceCode} from './servers/reference-scripts.ts';
import type {ServerProcess} from './servers/server-process.ts';

export const operations = ['create', 'status', 'checkWrong', 'checkRight'] as const;
export type Operation = (typeof operations)[number];

/** One turn of one server under one operation, at saturation. */
export interface Turn {
  readonly rps: number;
  readonly count: number;
  /** CPU time of the server's process a request; undefined where the system does not tell. */
  readonly cpuMicros: number | undefined;
  /** Share of a core that the server used; well below 1 something else was the limit. */
  readonly cpuShare: number | undefined;
}

interface Pending {
  readonly id: string;
  readonly code: string;
}

let recipients = 0;

/** A server with its connections, and with the verifications that it has created and that are still to be checked. */
export class Contestant {
  readonly server: ServerProcess;
  readonly #load: Load;
  readonly #installation: Installation;
  readonly #redis: Redis;
  #pending: Pending[] = [];

  private constructor(server: ServerProcess, load: Load, installation: Installation, redis: Redis) {
    this.server = server;
    this.#load = load;
    this.#installation = installation;
    this.#redis = redis;
  }

  static async enter(
    server: ServerProcess,
    {installation, redis, connections}: {installation: Installation; redis: Redis; connections: number},
  ): Promise<Contestant> {
    return new Contestant(server, await Load.open(server.port, connections), installation, redis);
  }

  /** Verifications that `status` and the checks can be about. */
  get pendingIds(): readonly string[] {
    return this.#pending.map(({id}) => id);
  }

  /** Keeps the server busy for `seconds`, or until every pending verification has had its check. */
  async saturate(operation: Operation, seconds: number, connections?: number): Promise<Turn> {
    return this.#with(operation, Number.POSITIVE_INFINITY, async (requests) => {
      const cpuBefore = cpuSeconds(this.server.pid);
      const {count, seconds: took} = await this.#load.saturate(requests, seconds, connections);
      const cpuAfter = cpuSeconds(this.server.pid);
      const cpu = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
      return {
        count,
        rps: count / took,
        cpuMicros: cpu === undefined ? undefined : (cpu * 1e6) / count,
        cpuShare: cpu === undefined ? undefined : cpu / took,
      };
    });
  }

  /** The same operation in an open model. */
  async pace(operation: Operation, ratePerSecond: number, seconds: number) {
    return this.#with(operation, Number.POSITIVE_INFINITY, (requests) =>
      this.#load.pace(requests, ratePerSecond, seconds),
    );
  }

  /** Exactly so many requests over so many connections. */
  async repeat(operation: Operation, count: number, connections: number): Promise<void> {
    const hourSeconds = 3600;
    await this.#with(operation, count, (requests) => this.#load.saturate(requests, hourSeconds, connections));
  }

  leave(): void {
    this.#load.close();
  }

  async #with<T>(operation: Operation, limit: number, run: (requests: Requests) => Promise<T>): Promise<T> {
    const {apiKey} = this.#installation;
    let asked = 0;
    const next = (make: (index: number) => string | undefined) => () => (asked < limit ? make(asked++) : undefined);
    switch (operation) {
      case 'create': {
        const answers: string[] = [];
        const result = await run({
          expectedStatus: 201,
          next: next(() => requestText('POST', '/v1/verifications', apiKey, {to: `u${recipients++}@bench.example`})),
          onAnswer: ({body}) => void answers.push(body),
        });
        await this.#remember(answers);
        return result;
      }
      case 'status': {
        const all = this.#pending;
        const request = (index: number) => {
          const verification = all[index % all.length];
          return verification && requestText('GET', `/v1/verifications/${verification.id}`, apiKey);
        };
        return run({expectedStatus: 200, next: next(request)});
      }
      case 'checkWrong':
        // One wrong check a verification: from the third on the service makes the recipient wait.
        return run({expectedStatus: 422, next: next((index) => this.#check(this.#pending[index], wrong))});
      case 'checkRight': {
        const result = await run({
          expectedStatus: 200,
          next: next((index) => this.#check(this.#pending[index], right)),
        });
        this.#pending = this.#pending.slice(asked);
        return result;
      }
    }
  }

  #check(verification: Pending | undefined, choose: (code: string) => string): string | undefined {
    if (verification === undefined) return undefined;
    const {id, code} = verification;
    return requestText('POST', `/v1/verifications/${id}/check`, this.#installation.apiKey, {code: choose(code)});
  }

  async #remember(answers: readonly string[]): Promise<void> {
    const ids = answers.map((body) => (JSON.parse(body) as {id: string}).id);
    if (this.server.name !== 'service') {
      this.#pending = ids.map((id) => ({id, code: referenceCode}));
      return;
    }
    const codes = await readCodes(this.#redis, this.#installation.keyring);
    this.#pending = ids.map((id) => {
      const code = codes.get(id);
      if (code === undefined) throw new Error(`no message for ${id} in the outbox: has a worker delivered it?`);
      return {id, code};
    });
  }
}

const right = (code: string) => code;
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
