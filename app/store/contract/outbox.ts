import {describe, expect, it} from 'vitest';
import {code, limits, minute, noWaits, type OpenStore, receiveAll, renewed, right, verification} from './support.ts';

/** What becomes of messages. */
export function outboxContract(open: OpenStore): void {
  describe('the outbox', () => {
    it('holds the message of each creation and of each resend, and gives each to one receiver', async () => {
      const {store, outbox, address} = open(noWaits);
      const [ada, bob] = [address('ada'), address('bob')];
      await store.create(ada, verification({lifetimeMs: minute}));
      await store.create(bob, verification({sealedCode: 'for-bob'}));
      await store.resend(ada, code());
      const messages = await receiveAll(outbox);
      expect(
        messages
          .map(({address: {id}, sealedCode, sealedAddress, resends}) => ({id, sealedCode, sealedAddress, resends}))
          .toSorted((a, b) => a.sealedCode.localeCompare(b.sealedCode)),
      ).toEqual([
        {id: bob.id, sealedCode: 'for-bob', sealedAddress: 'sealed-address', resends: 0},
        {id: ada.id, sealedCode: 'sealed-code', sealedAddress: 'sealed-address', resends: 0},
        {id: ada.id, sealedCode: 'sealed-new', sealedAddress: 'sealed-address', resends: 1},
      ]);
      for (const message of messages) expect(message.remainingMs).toBeGreaterThan(minute / 2);
      expect(await receiveAll(outbox)).toEqual([]);
    });

    it('notes on the verification what became of its message, once', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const [message] = await receiveAll(outbox);
      if (message === undefined) throw new Error('no message');
      await outbox.renew(message);
      expect(await outbox.isCurrent(message)).toBe(true);
      await outbox.settle(message, {kind: 'sent', provider: 'mail'});
      expect(await store.read(where)).toMatchObject({
        snapshot: {status: 'pending', delivery: {status: 'sent', provider: 'mail'}},
      });
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
      expect(await outbox.isCurrent(message)).toBe(false);
    });

    it('makes a verification undeliverable when its last message has failed, but not when a resend has replaced it', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const [replaced] = await receiveAll(outbox);
      await store.resend(where, code());
      const [current] = await receiveAll(outbox);
      if (replaced === undefined || current === undefined) throw new Error('no message');
      expect(await outbox.isCurrent(replaced)).toBe(false);
      await outbox.settle(replaced, {kind: 'failed', reason: 'refused', provider: 'mail'});
      expect(await store.read(where)).toMatchObject({snapshot: {status: 'pending', delivery: {status: 'queued'}}});
      await outbox.settle(current, {kind: 'failed', reason: 'refused', provider: 'mail'});
      expect(await store.check(where, renewed, limits)).toMatchObject({
        kind: 'final',
        snapshot: {status: 'undeliverable', delivery: {status: 'failed', provider: 'mail'}},
      });
    });

    it('lets a verification expire, and not become undeliverable, whose message failed because its time was over', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const [message] = await receiveAll(outbox);
      if (message === undefined) throw new Error('no message');
      await outbox.settle(message, {kind: 'failed', reason: 'expired', provider: 'mail'});
      expect(await store.read(where)).toMatchObject({
        snapshot: {status: 'pending', delivery: {status: 'failed', provider: 'mail'}},
      });
    });

    it('gives a parked message back to its worker, as long as it is its own, and counts what waits', async () => {
      const {store, outbox, address} = open(noWaits);
      const before = (await outbox.depth()).messages;
      for (const name of ['ada', 'bob', 'eve']) await store.create(address(name), verification({sealedCode: name}));
      const received = await receiveAll(outbox);
      expect(await outbox.depth()).toMatchObject({messages: before + 3, oldestAgeMs: expect.any(Number)});
      for (const message of received) outbox.park(message);
      const [first, ...others] = received.map(({entry, address}) => ({entry, address}));
      if (first === undefined) throw new Error('no message');
      const again = await outbox.retake([first]);
      expect(again).toMatchObject([{entry: first.entry, address: first.address}]);
      for (const message of again) await outbox.settle(message, {kind: 'sent', provider: 'mail'});
      expect(await outbox.retake([first]), 'it is settled').toEqual([]);
      expect(await outbox.retake(others)).toHaveLength(2);
      for (const message of received) await outbox.settle(message, {kind: 'obsolete'});
      expect(await outbox.depth()).toMatchObject({messages: before});
    });

    it('tells a resend which provider took the message before', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const [first] = await receiveAll(outbox);
      if (first === undefined) throw new Error('no message');
      expect(first.avoid).toBeUndefined();
      await outbox.settle(first, {kind: 'sent', provider: 'mail'});
      await store.resend(where, code());
      expect(await receiveAll(outbox)).toMatchObject([{avoid: 'mail', resends: 1}]);
    });
  });
}
