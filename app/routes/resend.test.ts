import {describe, expect, it} from 'vitest';
import {problem} from '../testing/problem-answer.ts';
import {createTestApp} from '../testing/test-app.ts';

describe('a resend', () => {
  it('gives no attempts back', async () => {
    // So long that no two codes are the same by chance.
    const {create, call, check, codeOf, wrong, pass} = await createTestApp({login: {codeLength: 12}});
    const {id} = (await create()).body;
    const old = codeOf(id);
    await check(id, wrong(old));
    pass(30_000);
    expect(await call('POST', `/v1/verifications/${id}/resend`)).toMatchObject({
      status: 200,
      body: {attemptsRemaining: 4, expiresAt: '2027-01-15T08:05:30.000Z'},
    });
    expect(codeOf(id)).not.toBe(old);
    expect((await check(id, codeOf(id))).status).toBe(200);
  });

  it('may go over another channel of the policy that suits the recipient, and says which there are', async () => {
    const {create, call, check, messageOf, pass} = await createTestApp({login: {channels: ['sms', 'voice', 'email']}});
    const {id, next} = (await create({to: '+41446681800'})).body;
    const later = {allowed: false, at: '2027-01-15T08:00:30.000Z'};
    expect(next.resend).toEqual({sms: later, voice: later});
    pass(30_000);
    const resend = (body: object, key: string) =>
      call('POST', `/v1/verifications/${id}/resend`, body, undefined, {'idempotency-key': key});
    const resent = await resend({channel: 'voice'}, 'once');
    expect(resent).toMatchObject({status: 200, body: {channel: 'voice', to: '+41*******00'}});
    expect(await resend({channel: 'voice'}, 'once')).toMatchObject({status: 200, body: resent.body});
    expect(await resend({channel: 'sms'}, 'once')).toEqual(problem(409, 'idempotency_conflict'));
    expect(await resend({}, 'once')).toEqual(problem(409, 'idempotency_conflict'));
    expect(messageOf(id)).toMatchObject({channel: 'voice', to: '+41446681800'});
    expect((await call('GET', `/v1/verifications/${id}`)).body).toMatchObject({
      channel: 'voice',
      delivery: {status: 'queued'},
    });
    expect((await check(id, messageOf(id).code)).body).toMatchObject({status: 'approved', channel: 'voice'});
  });

  it('goes over no channel that the policy lacks or that does not suit the recipient', async () => {
    const {create, call, pass} = await createTestApp({login: {channels: ['sms', 'voice', 'email', 'direct']}});
    const {id} = (await create({to: '+41446681800'})).body;
    pass(30_000);
    const resend = (body: object) => call('POST', `/v1/verifications/${id}/resend`, body);
    for (const channel of ['email', 'whatsapp', 'webhook', 'direct']) {
      const refused = await resend({channel});
      expect(refused, channel).toEqual(problem(422, 'channel_not_allowed'));
      expect(refused.body).toMatchObject({
        detail: 'To this recipient the policy "login" sends again over sms, voice.',
        errors: [{pointer: '/channel'}],
        verification: {channel: 'sms', next: {resend: {sms: {allowed: true}, voice: {allowed: true}}}},
      });
    }
    const unknown = await resend({channel: 'pigeon'});
    expect(unknown).toEqual(problem(400, 'invalid_request'));
    expect(unknown.body.errors).toMatchObject([{pointer: '/channel'}]);
    expect((await call('DELETE', `/v1/verifications/${id}`)).status).toBe(204);
    expect(await resend({channel: 'voice'})).toEqual(problem(409, 'verification_canceled'));
    expect(await call('POST', `/v1/verifications/${id.slice(0, -1)}/resend`, {channel: 'whatsapp'})).toEqual(
      problem(404, 'verification_not_found'),
    );
  });
});
