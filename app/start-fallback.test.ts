import {createSecretKey, randomBytes} from 'node:crypto';
import {pino} from 'pino';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {freePort} from '../chaos/lab/free-port.ts';
import {createMetrics} from './metrics.ts';
import {startFallback} from './start-fallback.ts';
import {verification} from './store/contract/support.ts';
import type {RedisHandover} from './store/redis-handover.ts';
import {type CreateOutcome, type Store, StoreError} from './store/store.ts';
import {createAddressBook} from './testing/addresses.ts';
import {createCertificate} from './testing/certificates.ts';
import {mountSecret} from './testing/mounted-secret.ts';

let resources: AsyncDisposableStack;
beforeEach(() => {
  resources = new AsyncDisposableStack();
});
afterEach(() => resources.disposeAsync());

const away = () => Promise.reject(new StoreError('not_executed', 'away'));

/** Starts processes that the store is away for, all at the same names. */
async function startProcesses() {
  const certificate = await createCertificate('peers.test');
  const secret = resources.use(
    mountSecret({'tls.crt': certificate.cert, 'tls.key': certificate.key, 'ca.crt': certificate.ca}),
  );
  const files = {certFile: secret.path('tls.crt'), keyFile: secret.path('tls.key'), caFile: secret.path('ca.crt')};
  const pseudonymKey = createSecretKey(randomBytes(32));
  const ports = [await freePort(), await freePort()];
  const names = ports.map((port) => ({host: '127.0.0.1', port}));
  const start = async (port: number) => {
    const fallback = await startFallback(
      {
        shared: {create: away} as unknown as Store,
        handover: {
          probe: away,
          partOf: () => 'all',
          noteAway() {},
          adoption: () => ({send: away, inDoubt: false}),
        } as unknown as RedisHandover,
        onConnected() {},
        deadlineMs: 5000,
        pseudonymKey,
        peers: {host: '127.0.0.1', port, names, serverName: 'peers.test', files, certificates: () => certificate},
        metrics: createMetrics(),
        log: pino({level: 'silent'}),
      },
      resources,
    );
    resources.defer(() => fallback.stop(0));
    return fallback;
  };
  return ports.map((port) => () => start(port));
}

const idOf = (outcome: CreateOutcome) => ('id' in outcome ? outcome.id : outcome.kind);

it('a process that starts while the store is away knows its peers before it is asked: what they have answered it answers alike', async () => {
  const [first, second] = await startProcesses();
  const {draft} = createAddressBook();
  const request = {tag: 'request', fingerprint: 'f'};
  const {store} = (await first?.()) ?? {};
  const told = await store?.create(draft('ada', verification()), request);
  const {store: joined} = (await second?.()) ?? {};
  const again = await joined?.create(draft('ada', verification()), request);
  expect(again && idOf(again)).toBe(told && idOf(told));
});
