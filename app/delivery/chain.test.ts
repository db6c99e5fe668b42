import {pino} from 'pino';
import {describe, expect, it, vi} from 'vitest';
import {outgoing} from '../testing/outgoing.ts';
import {until} from '../testing/until.ts';
import {ProviderChain, type Sending} from './chain.ts';
import type {OutgoingMessage, Provider, SendResult} from './provider.ts';

type Answer = SendResult | Promise<SendResult>;

/** A far side whose answers the test gives. */
function scripted(name: string, answer: (message: OutgoingMessage, attempt: number) => Answer, maxConcurrent = 10) {
  const sent: OutgoingMessage[] = [];
  const provider: Provider = {
    name,
    maxConcurrent,
    async send(message) {
      sent.push(message);
      return answer(message, sent.length);
    },
    async close() {},
  };
  return {provider, sent};
}

function setUp(...providers: Provider[]) {
  const breakers: string[] = [];
  const chain = new ProviderChain({
    log: pino({level: 'silent'}),
    providersOf: () => providers,
    onBreaker: (provider, open) => void breakers.push(`${provider} ${open ? 'open' : 'closed'}`),
    callbackUrl: (provider, {verificationId, resends}) =>
      `https://otp.example/${provider}/${verificationId}.${resends}`,
    retryMs: 1,
  });
  const send = (message: Partial<OutgoingMessage> = {}, sending: Partial<Sending> = {}) =>
    chain.send(outgoing(message), {
      isCurrent: async () => true,
      deadline: AbortSignal.timeout(60_000),
      stopping: new AbortController().signal,
      ...sending,
    });
  return {send, breakers};
}

const accepted: SendResult = {kind: 'accepted'};
const again: SendResult = {kind: 'retry', reason: 'busy'};
const refused: SendResult = {kind: 'refused', reason: 'no such number'};

describe('the chain of providers', () => {
  it('leaves a provider alone that fails again and again, and asks it again after a while', async () => {
    let works = false;
    const first = scripted('first', () => (works ? accepted : again));
    const second = scripted('second', () => accepted);
    const {send, breakers} = setUp(first.provider, second.provider);
    // By which the breaker tells when a while is over.
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    for (let i = 0; i < 30; i++) expect(await send()).toEqual({kind: 'sent', provider: 'second'});
    clock.mockRestore();
    expect(first.sent).toHaveLength(5);
    expect(breakers).toEqual(['first closed', 'second closed', 'first open']);
    works = true;
    await until('its turn', async () => (await send())?.kind === 'sent' && breakers.at(-1) === 'first closed');
    expect(await send()).toEqual({kind: 'sent', provider: 'first'});
  });

  it('waits for the only provider there is, however broken it looks', async () => {
    const only = scripted('only', (_message, attempt) => (attempt <= 6 ? again : accepted));
    const {send, breakers} = setUp(only.provider);
    expect(await send()).toEqual({kind: 'sent', provider: 'only'});
    expect(breakers).toContain('only open');
    expect(breakers.at(-1)).toBe('only closed');
  });

  it('gives a provider the pause that it asks for, with all messages, and does not hold it for broken', async () => {
    const pause = (retryAfterMs: number): SendResult => ({kind: 'retry', reason: 'status 429', retryAfterMs});
    const first = scripted('first', () => pause(60_000));
    const second = scripted('second', () => accepted);
    const {send, breakers} = setUp(first.provider, second.provider);
    expect(await send()).toEqual({kind: 'sent', provider: 'second'});
    expect(await send({verificationId: 'v1_y'})).toEqual({kind: 'sent', provider: 'second'});
    expect(first.sent).toHaveLength(1);
    expect(breakers).not.toContain('first open');
    const only = scripted('only', (_message, attempt) => (attempt === 1 ? pause(300) : accepted));
    const startedAt = performance.now();
    expect(await setUp(only.provider).send()).toEqual({kind: 'sent', provider: 'only'});
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
  });

  it('asks a provider last that took the message which this one replaces', async () => {
    const [first, second] = ['first', 'second'].map((name) => scripted(name, () => accepted));
    if (first === undefined || second === undefined) throw new Error('none');
    const {send} = setUp(first.provider, second.provider);
    expect(await send({}, {avoid: 'first'})).toEqual({kind: 'sent', provider: 'second'});
    expect(await send({}, {avoid: 'second'})).toEqual({kind: 'sent', provider: 'first'});
  });

  it('prefers another provider for a resend while the first message is still being tried', async () => {
    let broken = true;
    const flaky = scripted('flaky', () => (broken ? again : accepted));
    const other = scripted('other', () => accepted);
    const {send} = setUp(flaky.provider, other.provider);
    let tried = 0;
    // The first message finds itself replaced before it is tried with the second.
    expect(await send({}, {isCurrent: async () => ++tried <= 1})).toEqual({kind: 'obsolete'});
    broken = false;
    expect(await send({resends: 1})).toEqual({kind: 'sent', provider: 'other'});
  });

  it('asks nobody twice who has refused for good, and says why it gave up', async () => {
    const first = scripted('first', () => refused);
    const second = scripted('second', (_message, attempt) => (attempt < 3 ? again : refused));
    const {send} = setUp(first.provider, second.provider);
    expect(await send()).toEqual({kind: 'failed', reason: 'refused', provider: 'second'});
    expect(first.sent).toHaveLength(1);
    expect(await setUp().send()).toEqual({kind: 'failed', reason: 'no_provider'});
    const slow = setUp(scripted('slow', () => again).provider);
    expect(await slow.send({}, {deadline: AbortSignal.timeout(50)})).toEqual({
      kind: 'failed',
      reason: 'expired',
      provider: 'slow',
    });
  });

  it('is not held up by a provider that never answers, nor by one that fails in a way that nobody expected', async () => {
    const dead = scripted('dead', () => new Promise<SendResult>(() => {}), 1);
    const {send} = setUp(dead.provider);
    const hung = await send({}, {deadline: AbortSignal.timeout(50)});
    expect(hung).toEqual({kind: 'failed', reason: 'expired', provider: 'dead'});
    expect(await send({}, {deadline: AbortSignal.timeout(50)}), 'its place is free again').toEqual(hung);
    expect(dead.sent).toHaveLength(2);
    const buggy = scripted('buggy', (_message, attempt) => {
      if (attempt === 1) throw new TypeError('code 123456');
      return accepted;
    });
    expect(await setUp(buggy.provider).send()).toEqual({kind: 'sent', provider: 'buggy'});
  });

  it('tells each provider where it may report', async () => {
    const first = scripted('first', () => again);
    const second = scripted('second', () => accepted);
    await setUp(first.provider, second.provider).send({resends: 2});
    expect(first.sent[0]?.callbackUrl).toBe('https://otp.example/first/v1_x.2');
    expect(second.sent[0]?.callbackUrl).toBe('https://otp.example/second/v1_x.2');
  });
});
