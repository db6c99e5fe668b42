import {createSecretKey, randomBytes} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {messageIdOf, openMessage} from '../delivery/message.ts';
import {createClient} from '../domain/client.ts';
import {createKeyring} from '../domain/keyring.ts';
import {parseRecipient} from '../domain/recipient.ts';
import {createInstance} from '../domain/verification-id.ts';
import {testPolicy} from '../testing/test-policy.ts';
import {draftVerification} from './draft-verification.ts';

const keyring = createKeyring([{kid: 'k1', secret: randomBytes(32)}]);
const context = {keyring, pseudonymKey: createSecretKey(randomBytes(32)), now: () => 1_800_000_000_000};
const policy = testPolicy('login');
const recipient = parseRecipient('ada@example.com');
if (recipient === undefined) throw new Error('no recipient');
const draft = draftVerification(
  context,
  {
    client: createClient('shop', [policy], []),
    policy,
    channel: 'email',
    recipient,
    request: {binding: {amount: '1'}},
  },
  {
    maskedTo: recipient.masked,
    lifetimeMs: 1000,
    maxAttempts: 5,
    maxPending: 2,
    resendIntervalMs: 0,
    deliver: true,
    keepCode: false,
    rateLimits: [],
  },
);

describe('a draft', () => {
  it('has one code and one message id wherever it is put, and nothing else in common between two places', () => {
    const places = [draft.addressTo(), draft.addressTo(createInstance()), draft.addressTo(createInstance())];
    const messages = places.map(({address, verification}) => openMessage(keyring.current, address.id, verification));
    expect(messages[0]).toMatchObject({to: 'ada@example.com', code: expect.stringMatching(/^\d{6}$/)});
    expect(messages).toEqual([messages[0], messages[0], messages[0]]);
    expect(new Set(places.map(({address}) => messageIdOf(address, 0))).size).toBe(1);
    for (const values of [
      places.map(({address}) => address.id),
      places.map(({address}) => address.tag),
      places.map(({verification}) => verification.mac),
      places.map(({verification}) => verification.bindingMac),
    ])
      expect(new Set(values).size).toBe(3);
  });

  it('is the same to the same owner, so that a repetition adds nothing', () => {
    const owner = createInstance();
    const [once, again] = [draft.addressTo(owner), draft.addressTo(owner)];
    expect(again.address).toEqual(once.address);
    expect(again.verification.mac).toBe(once.verification.mac);
  });
});
