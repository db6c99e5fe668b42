import {describe, expect, it} from 'vitest';
import {toStoreError} from './redis-errors.ts';
import {StoreUndecided} from './store.ts';

const script = 'script: 2fc8, on @user_script:12.';
const reply = (message: string) => new Error(message);
const systemError = (code: string) => Object.assign(new Error(`connect ${code} 127.0.0.1:6379`), {code});

describe('an error of Redis', () => {
  it.each([
    'NOSCRIPT No matching script. Please use EVAL.',
    `READONLY You can't write against a read only replica. ${script}`,
    'LOADING Redis is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    `NOREPLICAS Not enough good replicas to write. ${script}`,
    'CLUSTERDOWN The cluster is down',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'ASK 3999 127.0.0.1:6381',
    'MOVED 3999 127.0.0.1:6381',
    "OOM command not allowed when used memory > 'maxmemory'.",
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    "NOPERM User app has no permissions to run the 'evalsha' command",
    "Stream isn't writeable and enableOfflineQueue options is false",
  ])('that refuses the call says that nothing happened: %s', (message) => {
    expect(toStoreError(reply(message))).toMatchObject({effect: 'not_executed'});
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])('without a connection says that nothing happened: %s', (code) => {
    expect(toStoreError(systemError(code))).toMatchObject({effect: 'not_executed'});
  });

  it.each([
    reply('Connection is closed.'),
    reply('Command timed out'),
    systemError('ECONNRESET'),
    systemError('EPIPE'),
    // Some of the script has run by then.
    reply(`ERR user_script:12: attempt to index a nil value ${script}`),
    reply(`NOPERM User app has no permissions to access one of the keys ${script}`),
    // Only the first word of a reply is its kind.
    reply('ERR something about BUSY or MOVED'),
    reply('ASKING is no refusal'),
    'no error at all',
  ])('of which nobody knows what was done before it is of unknown effect: %s', (error) => {
    expect(toStoreError(error)).toMatchObject({effect: 'unknown'});
  });

  it('that says that a switch is under way is no failure of the store', () => {
    const error = toStoreError(reply(`SWITCHING whether this server has all ${script}`));
    expect(error).toBeInstanceOf(StoreUndecided);
    expect(error.effect).toBe('not_executed');
  });
});
