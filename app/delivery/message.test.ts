import {randomBytes} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {createKeyring} from '../domain/keyring.ts';
import {openMessage, sealAddress, sealCode} from './message.ts';

const keys = createKeyring([{kid: 'k1', secret: randomBytes(32)}]).current;
const sealed = {
  sealedCode: sealCode(keys, 'id', '123456'),
  sealedAddress: sealAddress(keys, 'id', {channel: 'sms', to: '+41446681800', locale: 'de'}),
};

describe('a queued message', () => {
  it('goes over the channel of its sealed address, or over the one that a resend has chosen', () => {
    const opened = {to: '+41446681800', locale: 'de', code: '123456'};
    expect(openMessage(keys, 'id', sealed)).toEqual({...opened, channel: 'sms'});
    expect(openMessage(keys, 'id', {...sealed, channel: 'voice'})).toEqual({...opened, channel: 'voice'});
  });

  it('cannot be opened for another verification, nor led over a channel for other recipients', () => {
    expect(openMessage(keys, 'other', sealed)).toBeUndefined();
    expect(openMessage(keys, 'id', {...sealed, channel: 'email'})).toBeUndefined();
    expect(openMessage(keys, 'id', {...sealed, channel: 'nonsense' as never})).toBeUndefined();
  });
});
