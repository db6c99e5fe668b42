import {createHmac} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {signedHeaders} from '../delivery/standard-webhooks.ts';
import {callbackSecret, createTestApp, testPublicUrl} from '../testing/test-app.ts';

/** A service, and a message that a provider has taken. */
async function setUp(provider: string) {
  const service = await createTestApp({login: {resendIntervalSeconds: 0}});
  const {body} = await service.create({to: '+41446681800'});
  service.settle(body.id, provider);
  const path = `/v1/callbacks/${provider}/${body.id}.0`;
  const post = async (url: string, payload: string, headers: Record<string, string>) => {
    const {statusCode} = await service.app.inject({method: 'POST', url, payload, headers});
    return statusCode;
  };
  return {
    ...service,
    id: body.id as string,
    path,
    post,
    twilio(
      form: Record<string, string>,
      {token = '12345', url = path, signedUrl}: {token?: string; url?: string; signedUrl?: string} = {},
    ) {
      const sorted = Object.entries(form).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const signature = createHmac('sha1', token)
        .update((signedUrl ?? testPublicUrl + url) + sorted.flat().join(''))
        .digest('base64');
      return post(url, new URLSearchParams(form).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signature,
        host: 'evil.example',
      });
    },
    gateway(status: string, {secret = callbackSecret, url = path} = {}) {
      const payload = JSON.stringify({status});
      return post(url, payload, signedHeaders([secret], {id: 'r1', body: payload, now: 1_800_000_000_000}));
    },
    async read() {
      const read = await service.call('GET', `/v1/verifications/${body.id}`);
      return {status: read.body.status, delivery: read.body.delivery};
    },
  };
}

describe('a report of a provider', () => {
  it('that Twilio has signed for the public address tells that a message was delivered', async () => {
    const run = await setUp('twilio');
    expect(await run.twilio({MessageSid: 'SM1', MessageStatus: 'sent'})).toBe(204);
    expect((await run.read()).delivery).toMatchObject({status: 'sent', provider: 'twilio'});
    expect(await run.twilio({MessageSid: 'SM1', MessageStatus: 'delivered'})).toBe(204);
    expect(await run.read()).toMatchObject({status: 'pending', delivery: {status: 'delivered', provider: 'twilio'}});
    expect(await run.twilio({MessageSid: 'SM1', MessageStatus: 'failed'}), 'out of order').toBe(204);
    expect(await run.read()).toMatchObject({status: 'pending', delivery: {status: 'delivered'}});
  });

  it('makes a verification undeliverable at once where the far side says so', async () => {
    const run = await setUp('twilio');
    expect(await run.twilio({MessageStatus: 'undelivered'})).toBe(204);
    expect(await run.read()).toMatchObject({status: 'undeliverable', delivery: {status: 'failed'}});
    const other = await setUp('gateway');
    expect(await other.gateway('no')).toBe(204);
    expect(await other.read()).toMatchObject({status: 'undeliverable'});
  });

  it('is refused, and changes nothing, when it is forged, unsigned or signed for another address', async () => {
    const run = await setUp('twilio');
    const form = {MessageStatus: 'undelivered'};
    expect(await run.twilio(form, {token: 'guess'})).toBe(401);
    expect(await run.twilio(form, {signedUrl: `http://evil.example${run.path}`})).toBe(401);
    expect(await run.post(run.path, 'MessageStatus=failed', {})).toBe(401);
    expect(await run.post(run.path, '', {})).toBe(401);
    expect(await run.twilio(form, {url: run.path.replace('twilio', 'nobody')})).toBe(401);
    expect(await run.gateway('no', {url: run.path}), 'signed as another provider does').toBe(401);
    expect(await run.read()).toMatchObject({status: 'pending', delivery: {status: 'sent'}});
    const other = await setUp('gateway');
    expect(await other.gateway('no', {secret: Buffer.alloc(32)})).toBe(401);
    expect(await other.read()).toMatchObject({status: 'pending'});
  });

  it('of ten megabytes is refused before anything of it is looked at', async () => {
    const run = await setUp('twilio');
    expect(await run.post(run.path, 'x'.repeat(10_000_000), {})).toBe(413);
  });

  it('is heard from the provider that took the current message only', async () => {
    const run = await setUp('twilio');
    const url = run.path.replace('/twilio/', '/gateway/');
    expect(await run.gateway('no', {url})).toBe(204);
    expect(await run.read()).toMatchObject({status: 'pending', delivery: {status: 'sent', provider: 'twilio'}});
    await run.call('POST', `/v1/verifications/${run.id}/resend`);
    expect(await run.twilio({MessageStatus: 'failed'}), 'of the message that was replaced').toBe(204);
    expect(await run.read()).toMatchObject({status: 'pending', delivery: {status: 'queued'}});
    const next = run.path.replace(/\.0$/, '.1');
    expect(await run.twilio({MessageStatus: 'failed'}, {url: next}), 'before it is noted who took it').toBe(503);
    run.settle(run.id, 'twilio');
    expect(await run.twilio({MessageStatus: 'failed'}, {url: next})).toBe(204);
    expect(await run.read()).toMatchObject({status: 'undeliverable'});
  });

  it('of what there is not is told so, but only to who can sign', async () => {
    const run = await setUp('twilio');
    for (const reference of ['x.0', 'x', `${run.id}.`, run.id])
      expect(await run.twilio({MessageStatus: 'failed'}, {url: `/v1/callbacks/twilio/${reference}`})).toBe(404);
  });
});
