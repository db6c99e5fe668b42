import {createSecretKey, randomBytes} from 'node:crypto';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {createClient} from '../../domain/client.ts';
import {createKeyring} from '../../domain/keyring.ts';
import {createInstance} from '../../domain/verification-id.ts';
import {FallbackStore} from '../../fallback/fallback-store.ts';
import {type DraftStore, placedIn} from '../../store/draft.ts';
import {testPolicy} from '../../testing/test-policy.ts';
import {createVerification} from '../../usecases/create-verification.ts';

export interface FallbackMemory {
  readonly verifications: number;
  readonly megabytes: number;
  /** Where every creation has an idempotency key. */
  readonly withKeysMegabytes: number;
}

const megabyte = 1_000_000;
const round = (value: number) => Math.round(value * 10) / 10;

/** What the memory of one process takes that holds as many verifications as it may, each of a recipient of its own. */
export async function measureFallbackMemory(verifications = 100_000): Promise<FallbackMemory> {
  const collect = collector();
  return {
    verifications,
    megabytes: round(await fill(verifications, false, collect)),
    withKeysMegabytes: round(await fill(verifications, true, collect)),
  };
}

/** Messages are sent as they come: that is the state in which an outage goes on. */
async function fill(count: number, withKeys: boolean, collect: () => number): Promise<number> {
  const policy = testPolicy('login', {channels: ['email'], limits: {recipient: {count: 10, perSeconds: 3600}}});
  const client = createClient('shop', [policy], [], {client: {count: 10 * count, perSeconds: 1}});
  const instance = createInstance();
  const fallback = new FallbackStore({processes: () => 1});
  const context = {
    store: {
      ...placedIn(fallback),
      create: (...[draft, idempotency]: Parameters<DraftStore['create']>) => {
        const {address, verification} = draft.addressTo(instance);
        return fallback.create(address, verification, idempotency);
      },
    },
    keyring: createKeyring([{kid: 'k1', secret: randomBytes(32)}]),
    pseudonymKey: createSecretKey(randomBytes(32)),
    issuer: 'bench',
    now: Date.now,
  };
  const before = collect();
  for (let i = 0; i < count; i++) {
    const to = `somebody.${i}@customers.example.com`;
    const place = {ip: `198.51.${(i >> 8) % 256}.${i % 256}`};
    const request = {to, policy: 'login', locale: 'de-AT', sealed: false, context: place};
    const outcome = await createVerification(context, client, request, withKeys ? `key ${i} of a request` : undefined);
    if (outcome.kind !== 'created') throw new Error(`creation ${i}: ${outcome.kind}`);
    for (const message of await fallback.queue.take(0))
      if ('resends' in message) await fallback.settle(message, {kind: 'sent', provider: 'mail'});
  }
  const taken = collect() - before;
  if (fallback.size !== count) throw new Error(`${fallback.size} verifications are held, not ${count}`);
  return taken / megabyte;
}

/** Collects what nobody holds, and tells what is left: objects, and what buffers have outside of the heap. */
function collector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    for (let i = 0; i < 3; i++) collect();
    const {heapUsed, external} = process.memoryUsage();
    return heapUsed + external;
  };
}
