import {Socket} from 'node:net';
import {type Redis, type RedisOptions, SentinelConnector} from 'ioredis';
import {type Endpoint, isSameEndpoint} from './target.ts';

/** On which ioredis hears of fail-overs. */
const channel = '+switch-master';

type Connect = (sentinel: Endpoint, listening?: object) => Redis;
type Ask = (sentinel: Endpoint) => Promise<Endpoint | null>;

/**
 * ioredis' way through sentinels, with what it leaves out for the connections on which it hears of fail-overs:
 * - One that fails writes nothing to the console (the others hear, and the log tells when the master is out of reach).
 * - Each is opened again with the credentials of now. A subscription that is lost again before it was answered is nobody's
 *   unhandled rejection, which ends the process.
 * - What is heard names the new master, and the next connection goes there: a sentinel that is asked may name the old one
 *   for some seconds more, and that one takes connections even where it stands still.
 * - What is heard while the next connection is still being looked for ends that search alone: ioredis would take it for the
 *   end of all, and never connect again.
 * - What is heard of the master that it is at already (the old one led it there, before any sentinel knew), or of another
 *   set of servers, ends nothing.
 * - What was said before anybody listened is not heard: the sentinel that named the master is asked again then.
 */
export class ListeningSentinelConnector extends SentinelConnector {
  #told: Endpoint | undefined;
  #named: {readonly by: Endpoint; readonly master: Endpoint} | undefined;
  /** While it leaves a master for another: who closes it then is not whom it belongs to. */
  #leaving = false;
  #left = false;
  /** The master of the connection there is, or of the last one. */
  #at: Endpoint | undefined;
  /** While ioredis takes what was heard for a reason to leave. */
  #staying = false;

  constructor(given: unknown) {
    super(given as ConstructorParameters<typeof SentinelConnector>[0]);
    const options = given as RedisOptions;
    const connect = (Reflect.get(this, 'connectToSentinel') as Connect).bind(this);
    const ask = (Reflect.get(this, 'resolve') as Ask).bind(this);
    Reflect.set(this, 'connectToSentinel', ((endpoint, listening) => {
      const sentinel = connect(endpoint, {...listening, autoResubscribe: false});
      sentinel.on('error', () => {});
      if (listening === undefined) return sentinel;
      let lost = false;
      sentinel.on('reconnecting', () => {
        lost = true;
        const {sentinelUsername = null, sentinelPassword = null, sentinelTLS} = options;
        Object.assign(sentinel.options, {
          username: sentinelUsername,
          password: sentinelPassword,
          ...(sentinelTLS === undefined ? {} : {tls: sentinelTLS}),
        });
      });
      // ioredis, which listens later, hears it later, and connects.
      sentinel.on('message', (_channel: string, message: string) => this.#hear(message, options.name));
      sentinel.on('ready', () => {
        if (lost) sentinel.subscribe(channel).catch(() => {});
        lost = false;
        void this.#askAgain(endpoint, sentinel, ask);
      });
      return sentinel;
    }) satisfies Connect);
    Reflect.set(this, 'resolve', (async (sentinel) => {
      const told = this.#told;
      // Once: should the master not be there, the sentinels know better.
      this.#told = undefined;
      if (told !== undefined) {
        this.#named = undefined;
        this.#at = told;
        return told;
      }
      const master = await ask(sentinel);
      this.#named = master === null ? undefined : {by: sentinel, master};
      this.#at = master ?? undefined;
      return master;
    }) satisfies Ask);
  }

  override async connect(...args: Parameters<SentinelConnector['connect']>): ReturnType<SentinelConnector['connect']> {
    for (;;) {
      this.#left = false;
      try {
        return await super.connect(...args);
      } catch (error) {
        if (!this.#left) throw error;
      }
    }
  }

  override disconnect(): void {
    if (this.#staying) {
      // It listens once for each connection, and this one goes on.
      const detector: unknown = Reflect.get(this, 'failoverDetector');
      if (typeof detector === 'object' && detector !== null) Reflect.set(detector, 'isDisconnected', false);
      return;
    }
    this.#left = this.#leaving;
    super.disconnect();
  }

  /** The next connection goes there, without asking a sentinel. */
  expect(master: Endpoint): void {
    this.#told = master;
  }

  /** Of a message on `+switch-master`: its name, the old address, the new one. */
  #hear(message: string, name: string | undefined): void {
    const [of, , , host, port] = message.split(' ');
    const master = of === name && host !== undefined ? {host, port: Number(port)} : undefined;
    const stays = master === undefined || this.#isAt(master);
    if (!stays) this.expect(master);
    // ioredis disconnects in this very turn.
    this.#leaving = !stays;
    this.#staying = stays;
    queueMicrotask(() => {
      this.#leaving = false;
      this.#staying = false;
    });
  }

  #isAt(master: Endpoint): boolean {
    if (!isSameEndpoint(this.#at, master)) return false;
    const stream: unknown = Reflect.get(this, 'stream');
    return stream instanceof Socket && stream.readyState === 'open';
  }

  /** Only of the sentinel that has named the master: another one may know less than that one did. */
  async #askAgain(endpoint: Endpoint, sentinel: Redis, ask: Ask): Promise<void> {
    const named = this.#named;
    if (named === undefined || !isSameEndpoint(named.by, endpoint)) return;
    const master = await ask(endpoint).catch(() => null);
    if (master === null || this.#named !== named || sentinel.status !== 'ready') return;
    if (isSameEndpoint(master, named.master)) return;
    this.expect(master);
    this.#leaving = true;
    this.disconnect();
    this.#leaving = false;
  }
}
