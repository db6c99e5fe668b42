import {type Answer, Connection} from './connection.ts';

/** What is asked, one request after the other, and the answer that each has to get. */
export interface Requests {
  /** The next request; undefined when there are no more. */
  next(): string | undefined;
  readonly expectedStatus: number;
  onAnswer?(answer: Answer): void;
}

export interface Throughput {
  readonly count: number;
  readonly seconds: number;
}

export interface Paced {
  /** Of every request, in ms, from the instant at which it was due. */
  readonly latenciesMs: readonly number[];
  /** How late the generator itself sent, in ms: what of the latencies is its own. */
  readonly latenessMs: readonly number[];
}

/** Connections to one server. Anything but the expected answer ends the run: a bench of errors measures nothing. */
export class Load {
  readonly #connections: readonly Connection[];
  #fail: (error: Error) => void = () => {};

  private constructor(connections: Connection[]) {
    this.#connections = connections;
  }

  static async open(port: number, count: number): Promise<Load> {
    const connections: Connection[] = [];
    const load = new Load(connections);
    const opened = Array.from({length: count}, () => Connection.open(port, (error) => load.#fail(error)));
    connections.push(...(await Promise.all(opened)));
    return load;
  }

  /** Closed model: every connection asks again as soon as it has its answer. The server is what limits. */
  async saturate(requests: Requests, maxSeconds: number, connections = this.#connections.length): Promise<Throughput> {
    return this.#run((resolve) => {
      const startedAt = performance.now();
      const endsAt = startedAt + maxSeconds * 1000;
      let count = 0;
      let open = Math.min(connections, this.#connections.length);
      const ask = (connection: Connection) => {
        const request = performance.now() < endsAt ? requests.next() : undefined;
        if (request !== undefined) {
          connection.send(request, (answer) => {
            count++;
            this.#accept(requests, answer);
            ask(connection);
          });
        } else if (--open === 0) resolve({count, seconds: (performance.now() - startedAt) / 1000});
      };
      for (const connection of this.#connections.slice(0, open)) ask(connection);
    });
  }

  /**
   * Open model: requests are due at even intervals, whether or not earlier ones have been answered, and latency counts
   * from when a request was due, so that a server that stalls is charged for all that came up meanwhile (coordinated
   * omission). The loop polls instead of setting timers, which are 1 ms coarse.
   */
  async pace(requests: Requests, ratePerSecond: number, maxSeconds: number): Promise<Paced> {
    return this.#run((resolve) => {
      const idle = [...this.#connections];
      const waiting: {request: string; dueAt: number}[] = [];
      const latenciesMs: number[] = [];
      const latenessMs: number[] = [];
      const intervalMs = 1000 / ratePerSecond;
      const startedAt = performance.now();
      const endsAt = startedAt + maxSeconds * 1000;
      let dueAt = startedAt;
      let underWay = 0;
      let ended = false;
      const finishIfDone = () => {
        if (ended && underWay === 0) resolve({latenciesMs, latenessMs});
      };
      const send = (connection: Connection, request: string, due: number) =>
        connection.send(request, (answer) => {
          latenciesMs.push(performance.now() - due);
          underWay--;
          this.#accept(requests, answer);
          const first = waiting.shift();
          if (first === undefined) idle.push(connection);
          else send(connection, first.request, first.dueAt);
          finishIfDone();
        });
      const poll = () => {
        const now = performance.now();
        while (!ended && dueAt <= now) {
          const request = dueAt < endsAt ? requests.next() : undefined;
          if (request === undefined) {
            ended = true;
            break;
          }
          underWay++;
          latenessMs.push(now - dueAt);
          const connection = idle.pop();
          if (connection === undefined) waiting.push({request, dueAt});
          else send(connection, request, dueAt);
          dueAt += intervalMs;
        }
        if (ended) finishIfDone();
        else setImmediate(poll);
      };
      poll();
    });
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #accept({expectedStatus, onAnswer}: Requests, answer: Answer): void {
    if (answer.status !== expectedStatus)
      this.#fail(new Error(`expected ${expectedStatus}, got ${answer.status}: ${answer.body.slice(0, 500)}`));
    onAnswer?.(answer);
  }

  #run<T>(start: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      start(resolve);
    });
  }
}
