import {describe, expect, it, vi} from 'vitest';
import {startReplicatedSet} from '../../../chaos/lab/replicated-set.ts';
import {createAddressBook} from '../../testing/addresses.ts';
import {connectToServers} from '../../testing/redis-connection.ts';
import {until} from '../../testing/until.ts';
import {limits, noWaits, right, verification} from '../contract/support.ts';
import {RedisStore} from '../redis-store.ts';
import {retrying} from '../retrying-store.ts';
import {StoreError} from '../store.ts';

describe('a store behind sentinels', () => {
  it('answers every operation within its deadline through a fail-over, then loses the codes of before and keeps new ones', async () => {
    // Long enough that no master is replaced that is only slow.
    await using set = await startReplicatedSet({downAfterMs: 3000});
    const told: string[] = [];
    const sentinels = set.sentinels.map(({port}) => ({host: '127.0.0.1', port}));
    const servers = await connectToServers(
      {kind: 'sentinel', sentinels, masterName: set.masterName},
      {timeoutMs: 500, waitMs: 250, onDown: ({message}) => told.push(message), onUp: () => told.push('up')},
    );
    using _close = {[Symbol.dispose]: () => servers.close()};
    const store = new RedisStore({servers, fenced: true, timings: noWaits});
    const patient = retrying(store, {deadlineMs: 20_000});
    const {address, request} = createAddressBook();
    const [fenced, surviving, approved] = [address('ada'), address('bob'), address('eve')];
    await patient.create(fenced, verification(), request('fenced'));
    await patient.create(surviving, verification({survivesFailover: true}), request('surviving'));
    await patient.create(approved, verification(), request('approved'));
    expect(await patient.check(approved, right, limits, request('approval'))).toMatchObject({kind: 'approved'});

    // A sentinel that is gone is no reason to write to the console past the log.
    const shouted = vi.spyOn(console, 'error');
    await set.sentinels[2]?.kill();
    const former = await set.master();
    former.freeze();
    // Over before the sentinels have taken the master for down.
    const brief = retrying(store, {deadlineMs: 700});
    const answers: string[] = [];
    await until(
      'a code from the new master',
      async () => {
        const outcome = await brief
          .create(address('joe'), verification(), request(`joe${answers.length}`))
          .catch((error: unknown) => error);
        answers.push(outcome instanceof StoreError ? outcome.effect : 'created');
        return answers.at(-1) === 'created';
      },
      20_000,
    );
    expect(answers.length).toBeGreaterThan(1);
    const lost = {kind: 'final', snapshot: {status: 'lost'}};
    expect(await patient.check(fenced, right, limits, request('check-fenced'))).toMatchObject(lost);
    expect(await patient.check(surviving, right, limits, request('check-surviving'))).toMatchObject({
      kind: 'approved',
    });
    // What was acknowledged is known to the new master, and a repetition of it is answered as it was.
    expect(await patient.check(approved, right, limits, request('approval'))).toMatchObject({kind: 'approved'});
    expect(await patient.check(approved, right, limits, request('another'))).toMatchObject({
      kind: 'final',
      snapshot: {status: 'approved'},
    });
    expect(shouted).not.toHaveBeenCalled();
    await until('word of the new master', () => told.filter((each) => each === 'up').length > 1);
  }, 60_000);
});
