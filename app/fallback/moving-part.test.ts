import {expect, it} from 'vitest';
import {peerStore} from '../peers/peer-store.ts';
import {toAnswer} from '../peers/protocol.ts';
import {verification} from '../store/contract/support.ts';
import {type Store, StoreError, StorePartMoving} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {Creation} from './creation.ts';
import {FallbackStore} from './fallback-store.ts';
import {noPeers, type Peer} from './peers.ts';

const {draft} = createAddressBook();
const request = {tag: 'request', fingerprint: 'f'};

/** A creation beside a store whose part moves until it has been asked `askings` times; `reaching`: only a peer reaches it. */
function beside(askings: number, ready: readonly Peer[] = [], reaching: 'this' | 'peer' = 'this') {
  const [held, store] = [new FallbackStore({processes: () => 1}), new FallbackStore({processes: () => 1})];
  let asked = 0;
  const shared: Store['create'] = async (address, about, key) => {
    if (++asked <= askings) throw new StorePartMoving('moving');
    return store.create(address, about, key);
  };
  const call = async (_path: string, {args}: {args: Parameters<Store['create']>}) =>
    shared(...args).then((outcome) => ({outcome}), toAnswer);
  const peer = {
    ...silentPeer(false),
    holds: false,
    reaches: () => true,
    store: (deadlineMs: number) => peerStore({call: call as never}, deadlineMs),
  };
  const isCutOff = reaching === 'peer';
  const away = () => Promise.reject(new StoreError('not_executed', 'away'));
  const create: Store['create'] = (address, about, key) => {
    if (address.owner !== undefined) return held.create(address, about, key);
    return isCutOff ? away() : shared(address, about, key);
  };
  const creation = new Creation({
    instance: 'this',
    own: {create} as Store,
    createHeld: async () => ({kind: 'elsewhere'}),
    breakers: {isOpen: () => isCutOff, reachedAt: () => 0},
    fallback: held,
    peers: {...noPeers, ready: () => (isCutOff ? [peer] : ready)},
    // What ends at all ends long before.
    deadlineMs: askings === Number.POSITIVE_INFINITY ? 1000 : 60_000,
  });
  return {creation, held, store};
}

it.each(['this', 'peer'] as const)(
  'a request with a key waits for the part of the store that may have answered it, and is made there: %s reaches it',
  async (reaching) => {
    const {creation, held, store} = beside(2, [], reaching);
    expect(await creation.create(draft('ada', verification()), request)).toMatchObject({kind: 'created'});
    expect([held.size, store.size]).toEqual([0, 1]);
  },
);

it('a request with a key is refused, and not made elsewhere, if that part takes nothing within the deadline', async () => {
  const {creation, held} = beside(Number.POSITIVE_INFINITY);
  await expect(creation.create(draft('ada', verification()), request)).rejects.toMatchObject({effect: 'not_executed'});
  expect(held.isEmpty).toBe(true);
});

it('a request without a key, which nobody can repeat, is made in memory at once', async () => {
  const {creation, held} = beside(Number.POSITIVE_INFINITY);
  expect(await creation.create(draft('ada', verification()))).toMatchObject({kind: 'created'});
  expect(held.size).toBe(1);
});

function silentPeer(holdsCopies: boolean): Peer {
  return {
    instance: 'silent',
    holds: true,
    holdsCopies,
    readyAt: 0,
    reaches: () => false,
    createHeld: () => () => Promise.reject(new StoreError('not_executed', 'no answer')),
  } as unknown as Peer;
}

it('a repetition is not told the id that the store knows while one does not answer that may hold what was told instead', async () => {
  const repeat = async (holdsCopies: boolean) => {
    const {creation, store} = beside(0, [silentPeer(holdsCopies)]);
    const first = draft('ada', verification()).addressTo();
    await store.create(first.address, first.verification, request);
    const outcome = creation.create(draft('ada', verification()), request);
    return {id: first.address.id, outcome};
  };
  const answered = await repeat(false);
  expect(await answered.outcome).toMatchObject({id: answered.id});
  await expect((await repeat(true)).outcome).rejects.toMatchObject({effect: 'not_executed'});
  // A first request brings nothing of before to light.
  const {creation} = beside(0, [silentPeer(true)]);
  expect(await creation.create(draft('ada', verification()), request)).toMatchObject({kind: 'created'});
});
