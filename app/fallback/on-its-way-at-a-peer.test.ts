import {expect, it} from 'vitest';
import {createInstance} from '../domain/verification-id.ts';
import {peerStore} from '../peers/peer-store.ts';
import {toAnswer} from '../peers/protocol.ts';
import {verification} from '../store/contract/support.ts';
import {type Store, StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {Creation} from './creation.ts';
import {FallbackStore, type SendResult} from './fallback-store.ts';
import {noPeers, type Peer, rank} from './peers.ts';

const {draft} = createAddressBook();
const request = {tag: 'request', fingerprint: 'f'};
const away = () => Promise.reject(new StoreError('not_executed', 'away'));
const theirs = createInstance();
/** A recipient whom the peer is to hold. */
const name = Array.from({length: 64}, (_, i) => `user${i}`).find(
  (each) => rank(draft(each, verification()).recipientTag, [theirs, 'this'])[0] === theirs,
) as string;

/** A process that is cut off, and a peer that has answered a request and hands its recipient over; what is asked of it goes over the wire. */
async function start({patienceMs, deadlineMs}: {patienceMs: number; deadlineMs: number}) {
  const [mine, held, store] = [1, 2, 3].map(() => new FallbackStore({processes: () => 2, patienceMs})) as [
    FallbackStore,
    FallbackStore,
    FallbackStore,
  ];
  const about = draft(name, verification()).addressTo(theirs);
  await held.create(about.address, about.verification, request);
  const {promise, resolve} = Promise.withResolvers<SendResult>();
  void held.move(about.address, async (holding) => {
    const result = await promise;
    if (result === 'taken') await store.adopt(holding);
    return result;
  });
  const served: Store['create'] = (address, ...args) =>
    (address.owner === theirs ? held : store).create(address, ...args);
  const call = async (_path: string, {args}: {args: Parameters<Store['create']>}) =>
    served(...args).then((outcome) => ({outcome}), toAnswer);
  const peer = {
    instance: theirs,
    holds: true,
    holdsCopies: false,
    readyAt: 0,
    reaches: () => false,
    store: (deadlineMs: number) => peerStore({call: call as never}, deadlineMs),
  } as unknown as Peer;
  const creation = new Creation({
    instance: 'this',
    own: {
      create: (address, ...args) => (address.owner === undefined ? away() : mine.create(address, ...args)),
    } as Store,
    createHeld: async () => ({kind: 'elsewhere'}),
    breakers: {isOpen: () => true, reachedAt: () => 1},
    fallback: mine,
    peers: {...noPeers, ready: () => [peer]},
    deadlineMs,
  });
  return {creation, mine, told: about.address.id, end: resolve};
}

it('a request whose answer is on its way at a peer, nobody knows for how long, is given no other one here', async () => {
  const {creation, mine} = await start({patienceMs: 100, deadlineMs: 2000});
  await expect(creation.create(draft(name, verification()), request)).rejects.toMatchObject({effect: 'not_executed'});
  expect(mine.isEmpty).toBe(true);
  // One that has not been answered waits for nothing.
  expect(await creation.create(draft(name, verification()), {...request, tag: 'another'})).toMatchObject({
    kind: 'created',
  });
});

it('a request whose answer has gone to the store while a peer waited for it is answered from there, by that peer', async () => {
  const {creation, mine, told, end} = await start({patienceMs: 60_000, deadlineMs: 60_000});
  const repeated = creation.create(draft(name, verification()), request);
  await new Promise(setImmediate);
  end('taken');
  expect(await repeated).toMatchObject({kind: 'created', id: told});
  expect(mine.isEmpty).toBe(true);
});
