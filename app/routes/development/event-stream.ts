import type {ServerResponse} from 'node:http';
import type {FastifyInstance, FastifyReply} from 'fastify';
import type {Inbox} from '../../delivery/inbox.ts';

const lookMs = 500;
/** Shorter than the time after which the service ends a connection on which nothing moves. */
const heartbeatMs = 10_000;

/**
 * Tells browsers of new messages (server-sent events). It looks at the newest message while somebody listens: with Redis
 * the message may come from another process.
 */
export class EventStream {
  readonly #inbox: Inbox;
  readonly #listeners = new Set<ServerResponse>();
  #timers: NodeJS.Timeout[] = [];
  #newest = '';

  constructor(app: FastifyInstance, inbox: Inbox) {
    this.#inbox = inbox;
    app.addHook('preClose', (done) => {
      for (const listener of this.#listeners) listener.end();
      done();
    });
  }

  /** Keeps a reply open until its browser goes away or the service stops. */
  async open(reply: FastifyReply): Promise<void> {
    if (this.#listeners.size === 0) this.#newest = await this.#look();
    reply.hijack();
    const listener = reply.raw;
    listener.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store'});
    // A browser that was cut off comes back after a second, and looks for itself what it has missed.
    listener.write('retry: 1000\n\n');
    this.#listeners.add(listener);
    if (this.#timers.length === 0) this.#start();
    listener.on('close', () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    });
  }

  #start(): void {
    this.#timers = [
      setInterval(() => void this.#tell(), lookMs),
      setInterval(() => this.#write(': still here\n\n'), heartbeatMs),
    ];
  }

  #stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  async #tell(): Promise<void> {
    const newest = await this.#look();
    if (newest === this.#newest) return;
    this.#newest = newest;
    this.#write('event: change\ndata: {}\n\n');
  }

  /** What names the newest message; as before while the store is out of reach. */
  async #look(): Promise<string> {
    const message = await this.#inbox.newest().catch(() => null);
    if (message === null) return this.#newest;
    return message === undefined ? '' : `${message.verificationId} ${message.receivedAt}`;
  }

  #write(text: string): void {
    for (const listener of this.#listeners) listener.write(text);
  }
}
