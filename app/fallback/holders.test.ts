import {setTimeout as delay} from 'node:timers/promises';
import {expect, it} from 'vitest';
import {noWaits, verification} from '../store/contract/support.ts';
import {type Store, StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {createHeld} from './create-held.ts';
import {Creation} from './creation.ts';
import {FallbackStore, type SendResult} from './fallback-store.ts';
import {noPeers, type Peer, type Peers, rank} from './peers.ts';

const {draft} = createAddressBook();
const request = {tag: 'request', fingerprint: 'f'};
const breakers = {isOpen: () => false, reachedAt: () => 0};
const away = {...breakers, isOpen: () => true};
const open = () => new FallbackStore({processes: () => 1, timings: noWaits});

/** A process with a memory, as others see it, that is cut off from the store. */
function peerOf(instance: string, held: FallbackStore): Peer {
  const create = createHeld({breakers: away, fallback: held, recovery: {bringFor: async () => {}}});
  return {
    instance,
    holds: !held.isEmpty,
    holdsCopies: false,
    reaches: () => false,
    createHeld:
      (deadlineMs: number) =>
      async (...args: Parameters<typeof create>) => {
        if (deadlineMs < 1) throw new StoreError('not_executed', 'no time is left');
        return create(...args);
      },
  } as unknown as Peer;
}

/** A creation at a process that reaches the store, and the store. */
function beside(peers: Partial<Peers>, mine = open()) {
  const store = open();
  const creation = new Creation({
    instance: 'this',
    own: store as unknown as Store,
    createHeld: createHeld({breakers: away, fallback: mine, recovery: {bringFor: async () => {}}}),
    breakers,
    fallback: mine,
    peers: {...noPeers, ...peers},
    deadlineMs: 1000,
  });
  return {creation, store};
}

/** A recipient that `instance` has answered a request about. */
async function answered(held: FallbackStore, instance: string, name = 'ada') {
  const {address, verification: about} = draft(name, verification()).addressTo(instance);
  await held.create(address, about, request);
  return address;
}

it('a request is answered alike by who holds its recipient, though another that may hold it, too, says nothing', async () => {
  const held = open();
  const silent = {
    ...peerOf('silent', held),
    holds: true,
    createHeld: (deadlineMs: number) => async () => {
      await delay(deadlineMs);
      throw new StoreError('unknown', 'no answer');
    },
  } as Peer;
  // The silent one is asked first.
  const names = Array.from({length: 64}, (_, i) => `user${i}`);
  const name = String(
    names.find((each) => rank(draft(each, verification()).recipientTag, ['silent', 'holder'])[0] === 'silent'),
  );
  const told = await answered(held, 'holder', name);
  const {creation, store} = beside({ready: () => [silent, peerOf('holder', held)]});
  expect(await creation.create(draft(name, verification()), request)).toMatchObject({id: told.id});
  expect(store.isEmpty).toBe(true);
});

it.each(['a peer', 'this process'] as const)(
  'a request is answered alike while the process that has answered it ends and hands its recipient to %s',
  async (whom) => {
    const [leaver, other, mine] = [open(), open(), open()];
    const to = whom === 'a peer' ? other : mine;
    const told = await answered(leaver, 'leaver');
    const {promise, resolve} = Promise.withResolvers<SendResult>();
    void leaver.move(told, async (holding) => {
      await promise;
      await to.adopt(holding);
      return 'taken';
    });
    const {creation, store} = beside(
      {unreadyHolders: () => [peerOf('leaver', leaver)], ready: () => [peerOf('other', other)]},
      mine,
    );
    const repeated = creation.create(draft('ada', verification()), request);
    await new Promise(setImmediate);
    resolve('taken');
    expect(await repeated).toMatchObject({id: told.id});
    expect(store.isEmpty).toBe(true);
  },
);

it('a request is answered alike by a process that begins to end while the store is asked in vain', async () => {
  const leaver = open();
  // By the order it is the one that holds the recipient: nobody is asked.
  const names = Array.from({length: 64}, (_, i) => `user${i}`);
  const name = String(
    names.find((each) => rank(draft(each, verification()).recipientTag, ['leaver', 'this'])[0] === 'leaver'),
  );
  const told = await answered(leaver, 'leaver', name);
  const mine = open();
  let ends = false;
  const peer = {...peerOf('leaver', leaver), store: () => leaver as unknown as Store};
  const creation = new Creation({
    instance: 'this',
    own: {
      create: async (address, ...args) => {
        if (address.owner !== undefined) return mine.create(address, ...args);
        ends = true;
        throw new StoreError('not_executed', 'away');
      },
    } as Store,
    createHeld: async () => ({kind: 'elsewhere'}),
    breakers: {isOpen: () => true, reachedAt: () => 1},
    fallback: mine,
    peers: {...noPeers, ready: () => (ends ? [] : [peer]), unreadyHolders: () => (ends ? [peer] : [])},
    deadlineMs: 1000,
  });
  expect(await creation.create(draft(name, verification()), request)).toMatchObject({id: told.id});
  expect(mine.isEmpty).toBe(true);
});

it('a request is answered alike where a process begins to end and hands its recipient to one that had been asked by then', async () => {
  const [leaver, other] = [open(), open()];
  const names = Array.from({length: 64}, (_, i) => `user${i}`);
  const name = String(
    names.find((each) => rank(draft(each, verification()).recipientTag, ['leaver', 'other'])[0] === 'other'),
  );
  const told = await answered(leaver, 'leaver', name);
  const somebody = draft('somebody', verification()).addressTo('other');
  await other.create(somebody.address, somebody.verification);
  let ends = false;
  const leaving = () => {
    const {createHeld: ask, ...peer} = peerOf('leaver', leaver);
    const createHeld: Peer['createHeld'] =
      (deadlineMs) =>
      async (...args) => {
        ends = true;
        await leaver.move(told, async (holding) => {
          await other.adopt(holding);
          return 'taken';
        });
        return ask(deadlineMs)(...args);
      };
    return {...peer, createHeld};
  };
  const {creation, store} = beside({
    ready: () => [...(ends ? [] : [leaving()]), peerOf('other', other)],
    unreadyHolders: () => (ends ? [peerOf('leaver', leaver)] : []),
  });
  expect(await creation.create(draft(name, verification()), request)).toMatchObject({id: told.id});
  expect(store.isEmpty).toBe(true);
});
