import {createHash} from 'node:crypto';
import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {isSigned, signedHeaders} from './delivery/standard-webhooks.ts';
import {json, startFarSide} from './testing/far-side.ts';
import {startServiceProcess} from './testing/service-process.ts';
import {until} from './testing/until.ts';

const secret = Buffer.alloc(32, 5);
const whsec = `whsec_${secret.toString('base64')}`;
const apiKey = 'otp_shop_key-of-the-shop';

describe('the service with providers of its own', () => {
  it('sends over a gateway, hears from it what became of a message, and tells its client', async () => {
    await using gateway = await startFarSide();
    await using broken = await startFarSide();
    await using shop = await startFarSide();
    broken.answer = json(500);
    const path = join(await mkdtemp(join(tmpdir(), 'otp-delivery-')), 'otp.yaml');
    const http = (url: string) =>
      `kind: http, url: "${url}/{channel}", json: {to: "{to}", text: "{text}", report: "{callbackUrl}"}, callback: {secrets: ["${whsec}"]}, allowAddresses: [127.0.0.1]`;
    await writeFile(
      path,
      `
policies: {login: {channels: [sms]}}
clients:
  shop:
    apiKeys: [{id: first, sha256: ${createHash('sha256').update(apiKey).digest('hex')}}]
    events: {url: "${shop.url}/events", secrets: ["${whsec}"], allowAddresses: [127.0.0.1]}
sandbox: {clients: [shop]}
providers:
  broken: {${http(broken.url)}}
  gateway: {${http(gateway.url)}}
channels: {sms: [broken, gateway]}
`,
    );
    await using service = await startServiceProcess({OTP_CONFIG: path, PUBLIC_URL: 'https://otp.example.com'});
    const call = async (route: string, body?: object) => {
      const response = await fetch(`${service.url}/v1/verifications${route}`, {
        headers: {authorization: `Bearer ${apiKey}`, 'content-type': 'application/json'},
        ...(body === undefined ? {} : {method: 'POST', body: JSON.stringify(body)}),
      });
      return response.json() as Promise<{id: string; status: string; delivery: {status: string; provider: string}}>;
    };
    const {id} = await call('', {to: '+41446681800'});
    await until('the message', () => gateway.received.length > 0);
    expect(broken.received, 'the first provider was asked, and did not take it').toHaveLength(1);
    const {to, report} = JSON.parse(gateway.received[0]?.body ?? '');
    expect([gateway.received[0]?.path, to]).toEqual(['/sms', '+41446681800']);
    expect(report).toBe(`https://otp.example.com/v1/callbacks/gateway/${id}.0`);

    await until('the hand-over', async () => (await call(`/${id}`)).delivery.status === 'sent');
    const body = JSON.stringify({status: 'failed'});
    const answer = await fetch(service.url + new URL(report).pathname, {
      method: 'POST',
      headers: signedHeaders([secret], {id: 'r1', body, now: Date.now()}),
      body,
    });
    expect(answer.status).toBe(204);
    expect(await call(`/${id}`)).toMatchObject({
      status: 'undeliverable',
      delivery: {status: 'failed', provider: 'gateway'},
    });
    await until('the event', () => shop.received.length > 0);
    const [event] = shop.received;
    expect(isSigned([secret], event?.headers ?? {}, {body: event?.body ?? '', now: Date.now()})).toBe(true);
    expect(JSON.parse(event?.body ?? '')).toMatchObject({type: 'verification.undeliverable', data: {id}});

    const nobody = await call('', {to: '+99912345678'});
    await until('its hand-over', async () => (await call(`/${nobody.id}`)).delivery.provider === 'sandbox');
    expect(await call(`/${nobody.id}/check`, {code: '123456'})).toMatchObject({status: 'approved'});
    await until('its event', () => shop.received.some(({body}) => body.includes('verification.approved')));
    expect(gateway.received).toHaveLength(1);

    const metrics = await until('the last answer of the shop to be noted', async () => {
      const text = await (await fetch(service.metricsUrl)).text();
      return text.includes('event="approved",result="delivered"} 1') && text.includes('otp_outbox_messages 0') && text;
    });
    for (const line of [
      'otp_provider_sends_total{provider="gateway",result="accepted"} 1',
      'otp_provider_breaker_open{provider="broken"} 0',
      'otp_events_total{event="undeliverable",result="delivered"} 1',
      'otp_outbox_messages 0',
      'otp_outbox_oldest_age_seconds 0',
    ])
      expect(metrics).toContain(line);
    expect(service.output()).not.toMatch(/41446681800|whsec_/);
  }, 60_000);
});
