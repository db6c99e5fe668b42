import {pino} from 'pino';
import {describe, expect, it} from 'vitest';
import {bankKey, createTestApp, limitedKeys} from '../testing/test-app.ts';

const again = {'idempotency-key': 'request-1'};
const shop = 'otp_shop_secret-of-the-shop';

describe('an Idempotency-Key', () => {
  it('gives a creation that is sent again the same answer, and one message', async () => {
    const {create} = await createTestApp();
    const first = await create({}, shop, again);
    const second = await create({}, shop, again);
    expect(second).toMatchObject({status: 201, body: first.body});
    expect(second.headers.location).toBe(first.headers.location);
  });

  it('makes a check that is sent again count once, right or wrong, for ever', async () => {
    const {create, call, codeOf, wrong, pass} = await createTestApp();
    const {id} = (await create()).body;
    const check = (code: string, key: string) =>
      call('POST', `/v1/verifications/${id}/check`, {code}, shop, {'idempotency-key': key});
    const first = await check(wrong(codeOf(id)), 'a');
    const repeated = await check(wrong(codeOf(id)), 'a');
    expect(repeated).toMatchObject({status: 422, body: {...first.body, instance: expect.any(String)}});
    const approved = await check(codeOf(id), 'b');
    pass(60_000);
    expect(await check(codeOf(id), 'b')).toMatchObject({status: 200, body: approved.body});
    expect(await check(codeOf(id), 'c')).toMatchObject({status: 409, body: {code: 'verification_already_approved'}});
  });

  it('with another body is a conflict; white space and dashes in a code are none', async () => {
    const {create, call, codeOf, wrong} = await createTestApp();
    const {id} = (await create({}, shop, again)).body;
    expect(await create({reference: 'other'}, shop, again)).toMatchObject({
      status: 409,
      body: {code: 'idempotency_conflict'},
    });
    const code = codeOf(id);
    const check = (typed: string) => call('POST', `/v1/verifications/${id}/check`, {code: typed}, shop, again);
    expect((await check(code)).status).toBe(200);
    expect((await check(` ${code.slice(0, 3)} ${code.slice(3)}`)).status).toBe(200);
    expect(await check(wrong(code))).toMatchObject({status: 409, body: {code: 'idempotency_conflict'}});
  });

  it('is not kept for a refusal', async () => {
    const {create, pass} = await createTestApp();
    await create();
    expect((await create({}, shop, again)).status).toBe(429);
    pass(30_000);
    expect((await create({}, shop, again)).status).toBe(201);
  });

  it('that is no printable ASCII is refused', async () => {
    const {create} = await createTestApp();
    expect(await create({}, shop, {'idempotency-key': 'a b'})).toMatchObject({
      status: 400,
      body: {errors: [{pointer: '/headers/idempotency-key'}]},
    });
  });
});

describe('a binding', () => {
  const binding = {amount: '12.50', currency: 'EUR', payee: 'ACME'};

  it('has to come back with the check; another one does not tell whether the code was right, and counts', async () => {
    const {create, call, codeOf, wrong} = await createTestApp();
    const {id} = (await create({binding})).body;
    const check = (code: string, bound?: object) =>
      call('POST', `/v1/verifications/${id}/check`, {code, ...(bound === undefined ? {} : {binding: bound})});
    const right = await check(codeOf(id), {...binding, amount: '1250'});
    const other = await check(wrong(codeOf(id)), {...binding, payee: 'EVIL'});
    expect(right).toMatchObject({status: 422, body: {code: 'binding_mismatch', attemptsRemaining: 4}});
    expect({...other.body, instance: '', attemptsRemaining: 4, verification: {}}).toEqual({
      ...right.body,
      instance: '',
      verification: {},
    });
    expect(await check(codeOf(id))).toMatchObject({
      status: 422,
      body: {code: 'binding_mismatch', attemptsRemaining: 2},
    });
  });

  it('is the same in any order of its members', async () => {
    const {create, call, codeOf} = await createTestApp();
    const {id} = (await create({binding})).body;
    const reordered = {payee: 'ACME', amount: '12.50', currency: 'EUR'};
    expect((await call('POST', `/v1/verifications/${id}/check`, {code: codeOf(id), binding: reordered})).status).toBe(
      200,
    );
  });

  it.each([
    [{}],
    [{'a b': 'x'}],
    [{__proto__x: 1}],
    [{amount: 12.5}],
    ['EUR'],
    [Object.fromEntries(Array.from({length: 9}, (_, i) => [`k${i}`, 'v']))],
  ])('%j is none', async (bad) => {
    const {create} = await createTestApp();
    expect(await create({binding: bad})).toMatchObject({status: 400, body: {code: 'invalid_request'}});
  });
});

describe('a stranger', () => {
  it('who guesses from another place does not make the owner wait', async () => {
    const {create, check, codeOf, wrong} = await createTestApp({login: {resendIntervalSeconds: 0}});
    const stranger = (await create({context: {ip: '203.0.113.7'}})).body.id;
    const owner = (await create({context: {ip: '198.51.100.9'}})).body.id;
    for (let i = 0; i < 3; i++) await check(stranger, wrong(codeOf(stranger)));
    expect(await check(stranger, codeOf(stranger))).toMatchObject({status: 429, body: {code: 'check_too_soon'}});
    expect((await check(owner, codeOf(owner))).status).toBe(200);
  });

  it('on another address of the same IPv6 network is no other one', async () => {
    const {create, check, codeOf, wrong} = await createTestApp({login: {resendIntervalSeconds: 0}});
    const one = (await create({context: {ip: '2001:db8::1'}})).body.id;
    const two = (await create({context: {ip: '2001:db8::2'}})).body.id;
    for (let i = 0; i < 3; i++) await check(one, wrong(codeOf(one)));
    expect(await check(two, codeOf(two))).toMatchObject({status: 429, body: {code: 'check_too_soon'}});
  });

  it('whose id is forged, or another client’s, has nobody asked for it: neither the store nor a peer', async () => {
    const asked: PropertyKey[] = [];
    const {create, call} = await createTestApp({
      store: (store) =>
        new Proxy(store, {
          get(target, name) {
            asked.push(name);
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        }),
    });
    const {id} = (await create()).body;
    const forged = `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`;
    asked.length = 0;
    for (const [stranger, key] of [
      [forged, shop],
      [id, bankKey],
    ]) {
      const url = `/v1/verifications/${stranger}`;
      const answers = [
        await call('GET', url, undefined, key),
        await call('DELETE', url, undefined, key),
        await call('POST', `${url}/check`, {code: '123456'}, key, again),
        await call('POST', `${url}/resend`, {}, key, again),
      ];
      expect(answers.map(({body}) => body.code)).toEqual(answers.map(() => 'verification_not_found'));
    }
    expect(asked).toEqual([]);
  });

  it('whose address is none is told so', async () => {
    const {create} = await createTestApp();
    expect(await create({context: {ip: '203.0.113.256'}})).toMatchObject({
      status: 400,
      body: {errors: [{pointer: '/context/ip'}]},
    });
  });
});

describe('a rate limit', () => {
  it('refuses what exceeds it, with the standard headers, for all aliases of a mailbox', async () => {
    const {create} = await createTestApp({
      login: {resendIntervalSeconds: 0, limits: {recipient: {count: 2, perSeconds: 60}}},
      limits: {client: {count: 100, perSeconds: 60}},
    });
    const first = await create({to: 'ada@example.com'});
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"client";q=100;w=60, "recipient";q=2;w=60',
      ratelimit: '"client";r=99;t=1, "recipient";r=1;t=30',
    });
    await create({to: 'ada+1@example.com'});
    const refused = await create({to: 'Ada+2@example.com'});
    expect(refused).toMatchObject({status: 429, body: {code: 'rate_limited', next: {create: {allowed: false}}}});
    expect(refused.headers).toMatchObject({'retry-after': '30', ratelimit: '"recipient";r=0;t=30'});
  });

  it('costs a repetition nothing', async () => {
    const {create} = await createTestApp({limits: {client: {count: 1, perSeconds: 60}}});
    for (let i = 0; i < 3; i++) expect((await create({}, shop, again)).status).toBe(201);
    expect((await create({to: 'bob@example.com'})).body.code).toBe('rate_limited');
  });
});

describe('help for a recipient', () => {
  const manage = (
    call: Awaited<ReturnType<typeof createTestApp>>['call'],
    action: string,
    to: string,
    key = limitedKeys.managerKey,
  ) => call('POST', `/v1/recipients/${action}`, {to}, key);

  it('unlocks it after a block, writes the audit log, and needs the scope', async () => {
    const lines: string[] = [];
    const log = pino({level: 'info'}, {write: (line: string) => void lines.push(line)});
    const {create, check, call, codeOf, wrong} = await createTestApp({log, login: {blockAfter: 5}});
    const {id} = (await create()).body;
    for (let i = 0; i < 2; i++) await check(id, wrong(codeOf(id)));
    expect((await manage(call, 'unlock', 'ada@example.com', shop)).status).toBe(403);
    expect((await manage(call, 'unlock', 'ADA@example.com')).status).toBe(204);
    expect((await call('GET', `/v1/verifications/${id}`)).body.attemptsRemaining).toBe(3);
    const audit = lines.map((line) => JSON.parse(line)).filter((line) => line.audit !== undefined);
    expect(audit).toMatchObject([{audit: 'recipient_unlocked', client: 'shop', apiKey: 'second'}]);
    expect(lines.join()).not.toContain('ada@');
  });

  it('erases what is kept of it, under all policies, and not what another client keeps', async () => {
    const {create, call} = await createTestApp();
    const login = (await create()).body.id;
    const payment = (await create({policy: 'payment'})).body.id;
    const bank = (await create({}, 'otp_bank_secret-of-the-bank')).body.id;
    expect((await manage(call, 'erase', 'ada@example.com')).status).toBe(204);
    for (const id of [login, payment]) expect((await call('GET', `/v1/verifications/${id}`)).status).toBe(410);
    expect((await call('GET', `/v1/verifications/${bank}`, undefined, 'otp_bank_secret-of-the-bank')).status).toBe(200);
  });

  it('reaches those too whom the caller names itself', async () => {
    const {create, check, call} = await createTestApp({
      login: {channels: ['direct'], returnCode: true, blockAfter: 5, resendIntervalSeconds: 0},
    });
    const {id} = (await create({to: 'person-7'})).body;
    await check(id, 'wrong');
    expect((await manage(call, 'unlock', 'person-7')).status).toBe(204);
    expect((await call('GET', `/v1/verifications/${id}`)).body.attemptsRemaining).toBe(4);
    await check(id, 'wrong');
    expect((await call('GET', `/v1/verifications/${id}`)).body.attemptsRemaining).toBe(3);
    expect((await manage(call, 'erase', 'person-7')).status).toBe(204);
    expect((await call('GET', `/v1/verifications/${id}`)).status).toBe(410);
  });

  it('unlocks a recipient that is blocked for good', async () => {
    const {create, check, call, pass} = await createTestApp({login: {blockAfter: 5, resendIntervalSeconds: 0}});
    const {id} = (await create()).body;
    for (let i = 0; i < 5; i++) {
      await check(id, 'wrong');
      pass(5000);
    }
    pass(86_400_000);
    expect(await create()).toMatchObject({
      status: 429,
      body: {code: 'recipient_locked', next: {create: {allowed: false}}},
    });
    expect((await create()).headers).not.toHaveProperty('retry-after');
    await manage(call, 'unlock', 'ada@example.com');
    expect((await create()).status).toBe(201);
  });

  it('for nobody is refused', async () => {
    const {call} = await createTestApp();
    expect(await manage(call, 'erase', 'nobody')).toMatchObject({status: 422, body: {code: 'recipient_invalid'}});
  });
});

it('a rate limit of a country counts all its phone numbers together, and no others', async () => {
  const {create} = await createTestApp({limits: {country: {count: 2, perSeconds: 60}}});
  const statuses = async (...numbers: string[]) => {
    const answers = [];
    for (const to of numbers) answers.push((await create({to})).status);
    return answers;
  };
  expect(await statuses('+4915112345678', '+4917612345678', '+4915112345679')).toEqual([201, 201, 429]);
  expect(await statuses('+436641234567', 'ada@example.com')).toEqual([201, 201]);
});

it('what locks a recipient and what a rate limit refuses is counted, by policy and by limit', async () => {
  const login = {maxAttempts: 2, resendIntervalSeconds: 0, limits: {recipient: {count: 1, perSeconds: 60}}};
  const {create, check, codeOf, wrong, metrics} = await createTestApp({login});
  const {id} = (await create()).body;
  await check(id, wrong(codeOf(id)));
  expect(await metrics()).not.toMatch(/otp_lockouts_total\{/);
  await check(id, wrong(codeOf(id)));
  expect(await create()).toMatchObject({status: 429, body: {code: 'rate_limited'}});
  expect(await metrics()).toContain('otp_lockouts_total{policy="login"} 1');
  expect(await metrics()).toContain('otp_rate_limited_total{limit="recipient"} 1');
});

describe('what a mail scanner or a proxy sends', () => {
  it('consumes no code by GET or HEAD, with or without an API key', async () => {
    const {app, create, check, codeOf} = await createTestApp();
    const {id} = (await create()).body;
    const urls = ['', '/check', `/check?code=${codeOf(id)}`, `/check/${codeOf(id)}`].map(
      (end) => `/v1/verifications/${id}${end}`,
    );
    for (const url of urls)
      for (const method of ['GET', 'HEAD', 'OPTIONS'] as const)
        for (const headers of [{}, {authorization: 'Bearer otp_shop_secret-of-the-shop'}])
          await app.inject({method, url, headers});
    expect(await check(id, codeOf(id))).toMatchObject({status: 200, body: {status: 'approved'}});
  });

  it('puts no Host header into an address, an answer or a message', async () => {
    const {create, call, messageOf, app} = await createTestApp();
    const foreign = {host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example'};
    const created = await create({}, undefined, foreign);
    expect(created.headers.location).toBe(`/v1/verifications/${created.body.id}`);
    const answers = [
      created,
      messageOf(created.body.id),
      await call('GET', `/v1/verifications/${created.body.id}`, undefined, undefined, foreign),
      await call('POST', `/v1/verifications/${created.body.id}/resend`, undefined, undefined, foreign),
      await call('GET', '/v1/nothing', undefined, undefined, foreign),
      ...['/openapi.json', '/docs', '/.well-known/jwks.json'].map((url) => app.inject({url, headers: foreign})),
    ];
    const texts = await Promise.all(answers);
    expect(
      JSON.stringify(texts.map((each) => ('rawPayload' in each ? [each.body, each.headers] : each))),
    ).not.toContain('evil.example');
  });
});
