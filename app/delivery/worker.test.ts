import {pino} from 'pino';
import {afterEach, describe, expect, it} from 'vitest';
import type {Channel} from '../domain/policy.ts';
import {MemoryOutbox} from '../store/memory-outbox.ts';
import {MemoryQueue} from '../store/memory-queue.ts';
import {MemoryStore} from '../store/memory-store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {until} from '../testing/until.ts';
import {ProviderChain} from './chain.ts';
import {messageJobs} from './message-jobs.ts';
import type {OutgoingMessage, Provider, SendResult} from './provider.ts';
import {OutboxWorker} from './worker.ts';

const running: OutboxWorker[] = [];
afterEach(async () => {
  for (const worker of running.splice(0)) await worker.stop(1000);
});

/** A far side whose answers the test gives. */
function scripted(
  name: string,
  answer: (message: OutgoingMessage, attempt: number) => SendResult | Promise<SendResult>,
) {
  const sent: OutgoingMessage[] = [];
  const provider: Provider = {
    name,
    maxConcurrent: 10,
    async send(message) {
      sent.push(message);
      return answer(message, sent.length);
    },
    async close() {},
  };
  return {provider, sent};
}

function setUp(providers: readonly Provider[] | ((channel: Channel) => readonly Provider[]), {twice = false} = {}) {
  const queue = new MemoryQueue();
  const store = new MemoryStore({enqueue: (message) => queue.push(message)});
  const outbox = new MemoryOutbox({queue, store});
  const receive = outbox.receive.bind(outbox);
  // As when an outage lets a message be claimed that is in hand.
  if (twice) outbox.receive = async (waitMs) => (await receive(waitMs)).flatMap((message) => [message, message]);
  const log = pino({level: 'silent'});
  const deadLetters: string[] = [];
  const breakers: string[] = [];
  const chain = new ProviderChain({
    log,
    providersOf: (channel) => (typeof providers === 'function' ? providers(channel) : providers),
    retryMs: 1,
    onBreaker: (provider, open) => void breakers.push(`${provider} ${open ? 'open' : 'closed'}`),
  });
  const prepare = messageJobs({
    outbox,
    chain,
    log,
    onDeadLetter: (channel, reason) => void deadLetters.push(`${channel} ${reason}`),
    open: ({sealedCode}) =>
      sealedCode === 'unreadable'
        ? undefined
        : {
            lifetimeSeconds: 60,
            policyTag: 0,
            channel: sealedCode.startsWith('sms') ? 'sms' : 'email',
            to: 'ada@example.com',
            code: sealedCode,
            ...(sealedCode.startsWith('nobody') ? {sandbox: true as const} : {}),
          },
    render: ({code}) => ({subject: 'Your code', text: `Code ${code}`, locale: 'en'}),
  });
  const worker = new OutboxWorker({
    outbox,
    log,
    prepare: (entry) => {
      if ('event' in entry) throw new Error('no event was queued');
      return prepare(entry);
    },
  });
  const {address} = createAddressBook();
  return {
    store,
    outbox,
    deadLetters,
    breakers,
    start() {
      worker.start();
      running.push(worker);
    },
    async create(recipient: string, sealedCode: string, lifetimeMs = 60_000) {
      const where = address(recipient);
      await store.create(where, {
        mac: 'R',
        sealedCode,
        sealedAddress: 'a',
        channel: 'email',
        maskedTo: 'a***',
        lifetimeMs,
        maxAttempts: 5,
        maxPending: 2,
        resendIntervalMs: 0,
        deliver: true,
        keepCode: false,
        rateLimits: [],
      });
      return where;
    },
    async settled(where: ReturnType<typeof address>) {
      return until('the end of a delivery', async () => {
        const read = await store.read(where);
        return read.kind === 'found' && read.snapshot.delivery.status !== 'queued' ? read.snapshot : undefined;
      });
    },
  };
}

const accepted: SendResult = {kind: 'accepted'};
const again: SendResult = {kind: 'retry', reason: 'busy'};
const refused: SendResult = {kind: 'refused', reason: 'no such address'};

describe('the outbox worker', () => {
  it('hands each message over once and notes which provider took it', async () => {
    const {provider, sent} = scripted('mail', () => accepted);
    const run = setUp([provider]);
    const where = await Promise.all(Array.from({length: 20}, (_, index) => run.create(`ada${index}`, `${index}`)));
    run.start();
    for (const each of where)
      expect(await run.settled(each)).toMatchObject({status: 'pending', delivery: {status: 'sent', provider: 'mail'}});
    expect(sent.map(({code}) => code).toSorted()).toEqual(
      Array.from({length: 20}, (_, index) => `${index}`).toSorted(),
    );
    expect(sent[0]).toMatchObject({
      to: 'ada@example.com',
      channel: 'email',
      subject: 'Your code',
      locale: 'en',
      text: 'Code 0',
      messageId: `${where[0]?.tag}.0`,
    });
  });

  it('tries again until a provider takes the message, with the same message id', async () => {
    const {provider, sent} = scripted('mail', (_message, attempt) => (attempt < 4 ? again : accepted));
    const run = setUp([provider]);
    run.start();
    expect(await run.settled(await run.create('ada', '1'))).toMatchObject({delivery: {status: 'sent'}});
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({messageId}) => messageId)).size).toBe(1);
  });

  it('goes to the next provider of the channel when one does not take it', async () => {
    const first = scripted('first', () => again);
    const second = scripted('second', () => accepted);
    const run = setUp([first.provider, second.provider]);
    run.start();
    expect(await run.settled(await run.create('ada', '1'))).toMatchObject({
      delivery: {status: 'sent', provider: 'second'},
    });
    expect(first.sent).toHaveLength(1);
  });

  it('says undeliverable, and never "sent", when every provider refuses for good', async () => {
    const {provider, sent} = scripted('mail', () => refused);
    const run = setUp([provider]);
    run.start();
    expect(await run.settled(await run.create('ada', '1'))).toMatchObject({
      status: 'undeliverable',
      delivery: {status: 'failed', provider: 'mail'},
    });
    expect(sent).toHaveLength(1);
  });

  it('gives up when the code expires', async () => {
    const {provider} = scripted('mail', () => again);
    const run = setUp([provider]);
    run.start();
    const where = await run.create('ada', '1', 200);
    await run.settled(where);
    const expired = await until('the end of the code', async () => {
      const read = await run.store.read(where);
      return read.kind === 'found' && read.snapshot.status !== 'pending' ? read.snapshot : undefined;
    });
    expect(expired).toMatchObject({status: 'expired', delivery: {status: 'failed'}});
  });

  it('does not send a code that is of no use any more', async () => {
    const {provider, sent} = scripted('mail', () => accepted);
    const run = setUp([provider]);
    const canceled = await run.create('ada', 'canceled');
    await run.store.cancel(canceled);
    const resent = await run.create('bob', 'replaced');
    await run.store.resend(resent, {
      mac: 'N',
      sealedCode: 'new',
      same: false,
      lifetimeMs: 60_000,
      resendIntervalMs: 0,
      maxResends: 1,
    });
    run.start();
    await run.settled(resent);
    expect(await run.settled(await run.create('last', 'last'))).toMatchObject({delivery: {status: 'sent'}});
    expect(sent.map(({code}) => code)).toEqual(['new', 'last']);
  });

  it('is held up by no message: neither by one that hangs nor by one that cannot be read', async () => {
    const {provider} = scripted('mail', ({code}) => (code === 'hangs' ? new Promise<SendResult>(() => {}) : accepted));
    const run = setUp([provider]);
    await run.create('ada', 'hangs', 2000);
    const unreadable = await run.create('bob', 'unreadable');
    const fine = await run.create('eve', '1');
    run.start();
    expect(await run.settled(fine)).toMatchObject({delivery: {status: 'sent'}});
    expect(await run.settled(unreadable)).toMatchObject({status: 'undeliverable'});
    running.splice(0);
  });

  it('looks at a message anew before each attempt: what was used, canceled or replaced meanwhile is not sent', async () => {
    let up = false;
    const {provider, sent} = scripted('mail', () => (up ? accepted : again));
    const run = setUp([provider]);
    const [replaced, canceled] = [await run.create('ada', 'old'), await run.create('bob', 'canceled')];
    run.start();
    await until('attempts at both', () =>
      ['old', 'canceled'].every((code) => sent.some((message) => message.code === code)),
    );
    await run.store.resend(replaced, {
      mac: 'N',
      sealedCode: 'new',
      same: false,
      lifetimeMs: 60_000,
      resendIntervalMs: 0,
      maxResends: 1,
    });
    await run.store.cancel(canceled);
    up = true;
    const before = sent.length;
    expect(await run.settled(replaced)).toMatchObject({delivery: {status: 'sent'}});
    expect(await run.settled(await run.create('last', 'last'))).toMatchObject({delivery: {status: 'sent'}});
    // At most one attempt of each was on its way when it became of no use.
    expect(sent.slice(before).filter(({code}) => code === 'old' || code === 'canceled').length).toBeLessThanOrEqual(2);
    expect(await run.store.read(canceled)).toMatchObject({
      snapshot: {status: 'canceled', delivery: {status: 'queued'}},
    });
  });

  it('sends through a provider no more at a time than it takes', async () => {
    let [active, most] = [0, 0];
    const {provider} = scripted('mail', async () => {
      most = Math.max(most, ++active);
      await new Promise((resolve) => setImmediate(resolve));
      active--;
      return accepted;
    });
    const run = setUp([{...provider, maxConcurrent: 3}]);
    const where = await Promise.all(Array.from({length: 40}, (_, index) => run.create(`ada${index}`, `${index}`)));
    run.start();
    for (const each of where) await run.settled(each);
    expect(most).toBe(3);
  });

  it('does not send a message a second time that comes again while it is in hand', async () => {
    const gate = Promise.withResolvers<SendResult>();
    const {provider, sent} = scripted('mail', ({code}) => (code === 'slow' ? gate.promise : accepted));
    const run = setUp([provider], {twice: true});
    const slow = await run.create('ada', 'slow');
    run.start();
    expect(await run.settled(await run.create('bob', 'other'))).toMatchObject({delivery: {status: 'sent'}});
    gate.resolve(accepted);
    expect(await run.settled(slow)).toMatchObject({delivery: {status: 'sent'}});
    expect(sent.filter(({code}) => code === 'slow')).toHaveLength(1);
  });

  it('keeps a channel going whose provider works when that of another is down', async () => {
    const mail = scripted('mail', () => again);
    const sms = scripted('sms', () => accepted);
    const run = setUp((channel) => [channel === 'email' ? mail.provider : sms.provider]);
    for (let i = 0; i < 1200; i++) await run.create(`ada${i}`, `${i}`);
    run.start();
    expect(await run.settled(await run.create('bob', 'sms 1'))).toMatchObject({
      delivery: {status: 'sent', provider: 'sms'},
    });
  });

  it('has no more messages in hand than it has room for, and delivers all of them', async () => {
    let [held, most] = [0, 0];
    const run = setUp([scripted('mail', () => accepted).provider]);
    const [receive, retake, settle] = [run.outbox.receive, run.outbox.retake, run.outbox.settle].map((method) =>
      method.bind(run.outbox),
    ) as [MemoryOutbox['receive'], MemoryOutbox['retake'], MemoryOutbox['settle']];
    const holding = <T>(messages: T[]) => {
      held += messages.length;
      most = Math.max(most, held);
      return messages;
    };
    run.outbox.receive = async (waitMs) => holding(await receive(waitMs));
    run.outbox.retake = async (names) => holding(await retake(names));
    const park = run.outbox.park.bind(run.outbox);
    run.outbox.park = (message) => {
      held--;
      park(message);
    };
    run.outbox.settle = async (message, result) => {
      held--;
      await settle(message, result);
    };
    const where = [];
    for (let i = 0; i < 5000; i++) where.push(await run.create(`ada${i}`, `${i}`));
    run.start();
    for (const each of where) await run.settled(each);
    expect(most).toBeLessThanOrEqual(1000 + 64);
    expect(run.deadLetters).toEqual([]);
  });

  it('counts what it gives up, and keeps nothing of it', async () => {
    const run = setUp((channel) => (channel === 'sms' ? [] : [scripted('mail', () => refused).provider]));
    const where = [
      await run.create('ada', '1'),
      await run.create('bob', 'unreadable'),
      await run.create('eve', 'sms 2'),
    ];
    run.start();
    for (const each of where) expect(await run.settled(each)).toMatchObject({status: 'undeliverable'});
    expect(run.deadLetters.toSorted()).toEqual(['email refused', 'sms no_provider', 'unknown unreadable']);
  });

  it('gives no provider what goes to nobody', async () => {
    const {provider, sent} = scripted('mail', () => accepted);
    const run = setUp([provider]);
    const where = await run.create('ada', 'nobody 1');
    run.start();
    expect(await run.settled(where)).toMatchObject({delivery: {status: 'sent', provider: 'sandbox'}});
    expect(sent).toEqual([]);
  });
});
