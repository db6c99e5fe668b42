import {describe, expect, it} from 'vitest';
import {bankKey, createTestApp} from '../testing/test-app.ts';

const sandbox = {codes: new Map([['+41446681800', '424242']]), limit: {count: 5, perSeconds: 3600}};
const limits = {client: {count: 2, perSeconds: 3600}};

describe('a sandbox recipient', () => {
  it.each([
    ['+999 1234 5678', '123456'],
    ['qa@sandbox.invalid', '123456'],
    ['+41 44 668 18 00', '424242'],
  ])('%s always gets the code that its client knows', async (to, code) => {
    const run = await createTestApp({sandbox});
    const {status, body} = await run.create({to});
    expect(status).toBe(201);
    // Its id is random: it may hold any six digits.
    expect(JSON.stringify({...body, id: ''})).not.toContain(code);
    expect(await run.check(body.id, run.wrong(code))).toMatchObject({status: 422});
    expect(await run.check(body.id, code)).toMatchObject({status: 200});
  });

  it('keeps its code over a resend, and its message says that it is for nobody', async () => {
    const run = await createTestApp({sandbox, login: {resendIntervalSeconds: 0}});
    const {body} = await run.create({to: '+99912345678'});
    expect(await run.call('POST', `/v1/verifications/${body.id}/resend`)).toMatchObject({status: 200});
    expect(run.messageOf(body.id)).toMatchObject({code: '123456', sandbox: true});
    expect(await run.check(body.id, '123456')).toMatchObject({status: 200});
  });

  it('meets neither the limits of real traffic nor takes anything from them, but has a limit of its own', async () => {
    const run = await createTestApp({sandbox, limits, login: {limits: {recipient: {count: 1, perSeconds: 3600}}}});
    for (let i = 0; i < 5; i++) expect(await run.create({to: `+9991234567${i}`})).toMatchObject({status: 201});
    const refused = await run.create({to: '+99912345679'});
    expect(refused).toMatchObject({status: 429, body: {code: 'rate_limited'}});
    expect(refused.body.detail).toContain('sandbox');
    for (let i = 0; i < 2; i++) expect(await run.create({to: `ada${i}@example.com`})).toMatchObject({status: 201});
    expect(await run.create({to: 'ada3@example.com'})).toMatchObject({status: 429});
  });

  it('is locked after wrong codes like any other', async () => {
    const run = await createTestApp({sandbox, login: {maxAttempts: 2}});
    const {body} = await run.create({to: '+99912345678'});
    for (const status of [422, 422, 409]) expect(await run.check(body.id, '999999')).toMatchObject({status});
    expect(await run.check(body.id, '123456')).toMatchObject({status: 409, body: {code: 'verification_locked'}});
  });

  it('is nobody special to a client that the configuration does not name', async () => {
    const run = await createTestApp({sandbox});
    expect(await run.create({to: '+99912345678'}, bankKey)).toMatchObject({
      status: 422,
      body: {code: 'recipient_invalid'},
    });
    const {body} = await run.create({to: '+41446681800'}, bankKey);
    expect(run.messageOf(body.id)).not.toHaveProperty('sandbox');
    expect(run.messageOf(body.id).code).toBe(run.codeOf(body.id));
    const real = await run.create({to: 'ada@example.com'});
    expect(run.messageOf(real.body.id)).not.toHaveProperty('sandbox');
  });
});
