import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Inbox, type InboxMessage, inboxLimits} from '../delivery/inbox.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {type RedisServer, startRedis} from '../testing/redis-server.ts';
import {until} from '../testing/until.ts';
import {MemoryInbox} from './memory-inbox.ts';
import {singleServer} from './redis/servers.ts';
import {RedisInbox} from './redis-inbox.ts';

let server: RedisServer;
let redis: ReturnType<typeof connectTo>;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server.url);
  await until('a connection', () => redis.status === 'ready');
});
afterAll(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
});

const message = (number: number, changes: Partial<InboxMessage> = {}): InboxMessage => ({
  verificationId: `v${number}`,
  to: 'ada@example.com',
  channel: 'email',
  subject: 'Your code',
  text: `Code ${number}`,
  code: `${number}`,
  receivedAt: new Date(Date.now() + number).toISOString(),
  ...changes,
});

describe.each<[string, () => Promise<Inbox>]>([
  ['in memory', async () => new MemoryInbox()],
  [
    'in Redis',
    async () => {
      await redis.flushall();
      return new RedisInbox(singleServer(redis));
    },
  ],
])('the development inbox %s', (_where, open) => {
  it('lists the newest first, all or those to one recipient, without their web pages', async () => {
    const inbox = await open();
    expect(await inbox.newest()).toBeUndefined();
    const [first, second, third] = [message(1), message(2, {to: '+41446681800', channel: 'sms'}), message(3)];
    for (const each of [first, second, third]) await inbox.add(each, '<p>page</p>');
    expect(await inbox.list()).toEqual([third, second, first]);
    expect(await inbox.list('+41446681800')).toEqual([second]);
    expect(await inbox.newest()).toEqual(third);
  });

  it('keeps the web pages of the newest mails', async () => {
    const inbox = await open();
    const [sms, mail] = [message(0), message(1)];
    await inbox.add(sms);
    await inbox.add(mail, 'the first');
    expect(await inbox.html(mail)).toBe('the first');
    expect(await inbox.html(sms)).toBeUndefined();
    expect(await inbox.html({...mail, receivedAt: '2026-01-01T00:00:00.000Z'})).toBeUndefined();
    for (let i = 0; i < inboxLimits.maxPages; i++) await inbox.add(message(2), 'another');
    expect(await inbox.html(mail)).toBeUndefined();
  });
});

describe('the development inbox in Redis', () => {
  it('gives every key a time to live', async () => {
    await redis.flushall();
    await new RedisInbox(singleServer(redis)).add(message(1), '<p>page</p>');
    const keys = await redis.keys('*');
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(inboxLimits.keepMs / 2);
  });
});
