import {Toxiproxy} from 'toxiproxy-node-client';
import {freePort} from './free-port.ts';
import {owning} from './owned.ts';
import {startProgram} from './program.ts';
import {waitUntil} from './wait-until.ts';

const START_MS = 10_000;

/** One way through the network that can be disturbed; what is not disturbed passes unchanged. */
export interface Link {
  /** Where the way begins, on 127.0.0.1. */
  readonly port: number;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Nothing passes any more, both ways, and nobody is told: a cable pulled out. */
  silence(): Promise<void>;
  /** Each piece of data comes so much later, in the direction of the answers. */
  delay(delayMs: number, jitterMs?: number): Promise<void>;
  /** Resets what is open now; new connections pass. */
  reset(): Promise<void>;
  /** Undoes all that; connections that were silenced are ended, since what they carried is lost. */
  mend(): Promise<void>;
}

export interface ToxiproxyServer extends AsyncDisposable {
  link(name: string, toPort: number): Promise<Link>;
}

/** @throws Error that says where to get toxiproxy-server where it is missing. */
export function startToxiproxy(logFile: string): Promise<ToxiproxyServer> {
  return owning(async (owned) => {
    const port = await freePort();
    const child = await startProgram('toxiproxy-server', ['-host', '127.0.0.1', '-port', String(port)], logFile);
    owned.defer(() => child.kill());
    const server = new Toxiproxy(`http://127.0.0.1:${port}`);
    await waitUntil(`an answer of toxiproxy-server (log: ${logFile})`, START_MS, () =>
      server.getVersion().then(
        () => true,
        () => false,
      ),
    );
    return {link: (name: string, toPort: number) => openLink(server, name, toPort)};
  });
}

async function openLink(server: Toxiproxy, name: string, toPort: number): Promise<Link> {
  const proxy = await server.createProxy({name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${toPort}`});
  // Ever after on the port that it was given.
  const {listen, upstream} = proxy;
  const toxics = new Map<string, () => Promise<void>>();
  const enable = async (enabled: boolean) => void (await proxy.update({enabled, listen, upstream}));
  const add = async (type: 'timeout' | 'latency', stream: 'upstream' | 'downstream', attributes: object) => {
    const toxic = `${type}-${stream}`;
    if (toxics.has(toxic)) return;
    const added = await proxy.addToxic({name: toxic, type, stream, toxicity: 1, attributes});
    toxics.set(toxic, () => added.remove());
  };
  return {
    port: Number(listen.split(':').at(-1)),
    cut: () => enable(false),
    async silence() {
      await add('timeout', 'upstream', {timeout: 0});
      await add('timeout', 'downstream', {timeout: 0});
    },
    delay: (latency, jitter = 0) => add('latency', 'downstream', {latency, jitter}),
    async reset() {
      await enable(false);
      await enable(true);
    },
    async mend() {
      const silenced = toxics.has('timeout-upstream');
      if (silenced) await enable(false);
      for (const remove of toxics.values()) await remove();
      toxics.clear();
      await enable(true);
    },
  };
}
