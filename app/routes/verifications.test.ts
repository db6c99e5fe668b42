import {randomBytes} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {createKeyring} from '../domain/keyring.ts';
import {issueId} from '../domain/verification-id.ts';
import {StoreError} from '../store/store.ts';
import {problem} from '../testing/problem-answer.ts';
import {bankKey, createTestApp, limitedKeys} from '../testing/test-app.ts';

describe('creating a verification', () => {
  it('answers 201 with its address, the masked recipient and what may be done next', async () => {
    const {create} = await createTestApp();
    const {status, headers, body} = await create({locale: 'de-CH', reference: 'order 7'});
    expect(status).toBe(201);
    expect(headers.location).toBe(`/v1/verifications/${body.id}`);
    expect(body).toEqual({
      id: expect.stringMatching(/^v2_k1_/),
      status: 'pending',
      channel: 'email',
      to: 'a***@example.com',
      policy: 'login',
      locale: 'de-CH',
      reference: 'order 7',
      createdAt: '2027-01-15T08:00:00.000Z',
      expiresAt: '2027-01-15T08:05:00.000Z',
      attemptsRemaining: 5,
      delivery: {status: 'queued', updatedAt: '2027-01-15T08:00:00.000Z'},
      next: {
        check: {allowed: true},
        resend: {email: {allowed: false, at: '2027-01-15T08:00:30.000Z'}},
        create: {allowed: false, at: '2027-01-15T08:00:30.000Z'},
      },
    });
  });

  it('takes one language or several in order of preference, and answers with what was asked for', async () => {
    const {create, call} = await createTestApp();
    const {status, body} = await create({locale: ['de-CH', 'en']});
    expect({status, locale: body.locale}).toEqual({status: 201, locale: ['de-CH', 'en']});
    expect((await call('GET', `/v1/verifications/${body.id}`)).body.locale).toEqual(['de-CH', 'en']);
  });

  it('chooses the channel that suits the recipient, and refuses one that does not', async () => {
    const {create} = await createTestApp();
    expect((await create({to: '+41446681800'})).body).toMatchObject({channel: 'sms', to: '+41*******00'});
    expect(await create({to: '+41446681800', channel: 'email'})).toEqual(problem(422, 'channel_not_allowed'));
    expect(await create({to: '+41446681801', policy: 'payment'})).toEqual(problem(422, 'channel_not_allowed'));
  });

  it('names the policies that there are when the asked one is not', async () => {
    const {create} = await createTestApp();
    const refused = await create({policy: 'paiment'});
    expect(refused).toEqual(problem(404, 'policy_not_found'));
    expect(refused.body.detail).toContain('"paiment"; it has login, payment');
  });

  it('has to wait before it sends another message to the same recipient, however its address is written', async () => {
    const {create, pass} = await createTestApp();
    await create();
    const refused = await create({to: ' ADA@Example.com'});
    expect(refused).toEqual(problem(429, 'resend_too_soon'));
    expect(refused.headers['retry-after']).toBe('30');
    expect(refused.body.next.create).toEqual({allowed: false, at: '2027-01-15T08:00:30.000Z'});
    pass(30_000);
    expect((await create()).status).toBe(201);
  });
});

describe('checking a code', () => {
  it('approves the right one once', async () => {
    const {create, check, codeOf} = await createTestApp();
    const {id} = (await create()).body;
    const code = codeOf(id);
    expect(await check(id, ` ${code.slice(0, 3)}-${code.slice(3)} `)).toMatchObject({
      status: 200,
      body: {id, status: 'approved', attemptsRemaining: 0},
    });
    const again = await check(id, code);
    expect(again).toEqual(problem(409, 'verification_already_approved'));
    expect(again.body.verification).toMatchObject({id, status: 'approved'});
  });

  it('counts a wrong one, says how many remain, then makes the caller wait, then locks', async () => {
    const {create, check, codeOf, wrong, pass} = await createTestApp();
    const {id} = (await create()).body;
    const code = codeOf(id);
    for (const [remaining, wait] of [
      [4, 0],
      [3, 0],
      [2, 1000],
      [1, 2000],
    ] as const) {
      const refused = await check(id, wrong(code));
      expect(refused).toEqual(problem(422, 'code_incorrect'));
      expect(refused.body).toMatchObject({
        attemptsRemaining: remaining,
        verification: {attemptsRemaining: remaining, next: {check: {allowed: wait === 0}}},
      });
      if (wait > 0) {
        const early = await check(id, code);
        expect(early).toEqual(problem(429, 'check_too_soon'));
        expect(early.headers['retry-after']).toBe(String(wait / 1000));
        pass(wait);
      }
    }
    expect((await check(id, wrong(code))).body).toMatchObject({
      code: 'code_incorrect',
      attemptsRemaining: 0,
      verification: {status: 'locked'},
    });
    expect(await check(id, code)).toEqual(problem(409, 'verification_locked'));
    const locked = await create();
    expect(locked).toEqual(problem(429, 'recipient_locked'));
    expect(locked.headers['retry-after']).toBe('30');
  });

  it('refuses an expired one for as long as it is remembered, and after', async () => {
    const {create, check, codeOf, call, pass} = await createTestApp();
    const {id} = (await create()).body;
    const code = codeOf(id);
    pass(300_000);
    expect(await check(id, code)).toEqual(problem(410, 'verification_expired'));
    pass(3_600_000);
    const gone = await call('GET', `/v1/verifications/${id}`);
    expect(gone).toEqual(problem(410, 'verification_expired'));
    expect(gone.body.next.create).toEqual({allowed: true});
  });

  it('says lost when the record is gone before its time', async () => {
    const {create, check} = await createTestApp({
      store: (store) => ({...store, create: store.create.bind(store), check: async () => ({kind: 'not_found'})}),
    });
    const {id} = (await create()).body;
    const lost = await check(id, '123456');
    expect(lost).toEqual(problem(410, 'verification_lost'));
    expect(lost.body.next.create).toEqual({allowed: true});
  });

  it.each([
    ['fast', 300_000],
    ['slow', -300_000],
  ])('lives as long as it says where the clock of the process is five minutes %s', async (_, aheadMs) => {
    const {create, check, codeOf, pass, misset} = await createTestApp();
    const {id} = (await create()).body;
    const other = (await create({to: 'bob@example.com'})).body;
    misset(aheadMs);
    pass(299_999);
    expect(await check(id, codeOf(id))).toMatchObject({status: 200, body: {status: 'approved'}});
    pass(1);
    expect(await check(other.id, codeOf(other.id))).toEqual(problem(410, 'verification_expired'));
  });

  it.each([
    ['fast', 300_000],
    ['slow', -300_000],
  ])('is told lost from expired where the clock of the process is five minutes %s', async (_, aheadMs) => {
    const {create, call, misset} = await createTestApp({
      store: (store) => ({...store, create: store.create.bind(store), read: async () => ({kind: 'not_found'})}),
    });
    const {id} = (await create()).body;
    misset(aheadMs);
    expect(await call('GET', `/v1/verifications/${id}`)).toEqual(problem(410, 'verification_lost'));
  });
});

describe('a verification', () => {
  it('of another client is not there, on any route, and is not touched', async () => {
    const {create, call, check, codeOf} = await createTestApp();
    const {id} = (await create()).body;
    const url = `/v1/verifications/${id}`;
    expect(await check(id, codeOf(id), bankKey)).toEqual(problem(404, 'verification_not_found'));
    expect(await call('GET', url, undefined, bankKey)).toEqual(problem(404, 'verification_not_found'));
    expect(await call('DELETE', url, undefined, bankKey)).toEqual(problem(404, 'verification_not_found'));
    expect(await call('POST', `${url}/resend`, {}, bankKey)).toEqual(problem(404, 'verification_not_found'));
    expect((await check(id, codeOf(id))).status).toBe(200);
  });

  it('is not disturbed by the same recipient at another client or under another policy', async () => {
    const {create, check, codeOf, wrong} = await createTestApp();
    const shop = (await create()).body;
    const bank = await create({}, bankKey);
    const payment = await create({policy: 'payment'});
    expect([bank.status, payment.status]).toEqual([201, 201]);
    for (let i = 0; i < 3; i++) await check(payment.body.id, wrong(codeOf(payment.body.id)));
    expect((await check(shop.id, codeOf(shop.id))).status).toBe(200);
  });

  it('can be canceled again and again, but not once it is approved', async () => {
    const {create, call, check, codeOf, pass} = await createTestApp();
    const {id} = (await create()).body;
    for (let i = 0; i < 2; i++)
      expect(await call('DELETE', `/v1/verifications/${id}`)).toMatchObject({status: 204, body: undefined});
    expect(await check(id, codeOf(id))).toEqual(problem(409, 'verification_canceled'));
    pass(30_000);
    const approved = (await create()).body.id;
    await check(approved, codeOf(approved));
    expect(await call('DELETE', `/v1/verifications/${approved}`)).toEqual(
      problem(409, 'verification_already_approved'),
    );
  });

  it('under a key that this process does not have is "try again", and never a failure', async () => {
    const {check} = await createTestApp();
    const keys = createKeyring([{kid: 'k9', secret: randomBytes(32)}]).current;
    const {id} = issueId(keys, {
      clientTag: 1,
      policyTag: 1,
      partition: 0,
      recipientTag: randomBytes(12),
      lifetimeSeconds: 300,
      createdAt: 0,
      random: randomBytes(8),
    });
    const answer = await check(id, '123456');
    expect(answer).toEqual(problem(503, 'store_unavailable'));
    expect(answer.headers['retry-after']).toBe('5');
  });
});

describe('a caller', () => {
  it.each([
    ['no key', undefined],
    ['another scheme', 'Basic b3RwX3Nob3A='],
    ['a key of nobody', 'Bearer otp_nobody_secret'],
    ['a key of another secret', 'Bearer otp_shop_secret'],
    ['the client of an inherited property', 'Bearer otp___proto___x'],
    ['a key whose end has come', `Bearer ${limitedKeys.endedKey}`],
    ['a key that is too long', `Bearer otp_shop_${'x'.repeat(300)}`],
  ])('with %s is not let in', async (_what, authorization) => {
    const {app} = await createTestApp();
    const response = await app.inject({
      method: 'POST',
      url: '/v1/verifications',
      payload: {to: 'ada@example.com'},
      headers: authorization === undefined ? {} : {authorization},
    });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.json().code).toBe('unauthenticated');
  });

  it('whose key lacks the scope is told so', async () => {
    const {create} = await createTestApp();
    expect(await create({}, limitedKeys.managerKey)).toEqual(problem(403, 'forbidden'));
  });

  it('sees its policies and no others', async () => {
    const {call} = await createTestApp();
    expect((await call('GET', '/v1/policies')).body.map(({name}: {name: string}) => name)).toEqual([
      'login',
      'payment',
    ]);
    expect((await call('GET', '/v1/policies/payment')).body).toMatchObject({
      name: 'payment',
      maxAttempts: 3,
      channels: ['email'],
    });
    expect(await call('GET', '/v1/policies/__proto__')).toEqual(problem(404, 'policy_not_found'));
  });
});

describe('a bad request', () => {
  const json = {'content-type': 'application/json'};
  it.each([
    ['broken JSON', json, '{"to":', 400, 'invalid_request'],
    ['no body', json, '', 400, 'invalid_request'],
    ['a list', json, '[]', 400, 'invalid_request'],
    ['text', {'content-type': 'text/plain'}, 'x', 415, 'unsupported_media_type'],
    ['a form', {'content-type': 'application/x-www-form-urlencoded'}, 'to=x', 415, 'unsupported_media_type'],
    ['17 KiB', json, JSON.stringify({to: 'x'.repeat(17_000)}), 413, 'payload_too_large'],
    ['a prototype', json, '{"to":"ada@example.com","__proto__":{"policy":"x"}}', 400, 'invalid_request'],
    ['a constructor', json, '{"to":"ada@example.com","constructor":{"prototype":{}}}', 400, 'invalid_request'],
  ])('with %s is refused', async (_what, headers, payload, status, code) => {
    const {app} = await createTestApp();
    const response = await app.inject({
      method: 'POST',
      url: '/v1/verifications',
      payload,
      headers: {authorization: 'Bearer otp_shop_secret-of-the-shop', ...headers},
    });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({status, code, instance: expect.stringMatching(/^urn:uuid:/)});
    expect(response.headers['x-request-id']).toBe(response.json().instance.slice('urn:uuid:'.length));
  });

  it.each([
    [{to: 'ada@example.com', x: 1, y: 2}, ['/x is not known here', '/y is not known here']],
    [{}, ['/to is missing']],
    [{to: 5}, ['/to must be string']],
    [{to: null}, ['/to must be string']],
    [{to: 'ada\0@example.com'}, ['/to holds the character NUL']],
    [
      {to: 'ada@example.com', reference: '\ud800'},
      ['/reference holds half of a surrogate pair, which is no character'],
    ],
    [
      {to: 'ada@example.com', channel: 'pigeon'},
      ['/channel must be one of sms, email, voice, whatsapp, webhook, direct'],
    ],
    [
      {to: 'ada@example.com', locale: 'x'},
      [
        '/locale must NOT have fewer than 2 characters',
        '/locale must match pattern "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"',
      ],
    ],
    [{to: 'ada@example.com', locale: []}, ['/locale must NOT have fewer than 1 items']],
    [{to: 'ada@example.com', locale: Array(11).fill('en')}, ['/locale must NOT have more than 10 items']],
    [
      {to: 'ada@example.com', locale: ['en', 'e,n']},
      ['/locale/1 must match pattern "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"'],
    ],
  ])('%j names each field that is not right', async (body, expected) => {
    const {call} = await createTestApp();
    const refused = await call('POST', '/v1/verifications', body);
    expect(refused).toEqual(problem(400, 'invalid_request'));
    expect(
      refused.body.errors.map(({pointer, detail}: {pointer: string; detail: string}) => `${pointer} ${detail}`),
    ).toEqual(expected);
  });

  it.each(['nobody', 'v2_k1_AAAA', `v2_k1_${'A'.repeat(84)}`, `v1_k1_${'A'.repeat(74)}`, '..%2f..', '%00', 'é'])(
    'to the id %s finds nothing',
    async (id) => {
      const {check, call} = await createTestApp();
      expect(await check(id, '123456')).toEqual(problem(404, 'verification_not_found'));
      expect(await call('GET', `/v1/verifications/${id}`)).toEqual(problem(404, 'verification_not_found'));
    },
  );

  it('with a method that the address does not take is told which it takes', async () => {
    const {app} = await createTestApp();
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
      const response = await app.inject({method, url: '/v1/verifications'});
      expect(response.statusCode).toBe(405);
      expect(response.headers.allow).toBe('POST');
      expect(response.json().code).toBe('method_not_allowed');
    }
    expect((await app.inject({method: 'POST', url: '/v1/verifications/x'})).headers.allow).toBe('DELETE, GET, HEAD');
  });

  it('is not answered with more than it sent: ten faults are named', async () => {
    const {call} = await createTestApp();
    const body = Object.fromEntries(Array.from({length: 1000}, (_, index) => [`x${index}`, 1]));
    expect((await call('POST', '/v1/verifications', body)).body.errors).toHaveLength(10);
  });

  it('without a body may name a content type all the same', async () => {
    const {create, app, pass} = await createTestApp();
    const {id} = (await create()).body;
    pass(30_000);
    const headers = {authorization: 'Bearer otp_shop_secret-of-the-shop', 'content-type': 'application/json'};
    expect((await app.inject({method: 'POST', url: `/v1/verifications/${id}/resend`, headers})).statusCode).toBe(200);
    expect((await app.inject({method: 'DELETE', url: `/v1/verifications/${id}`, headers})).statusCode).toBe(204);
  });

  it('to an address that cannot be decoded, or where there is nothing, is answered as a problem too', async () => {
    const {call} = await createTestApp();
    expect(await call('GET', '/v1/verifications/%zz')).toEqual(problem(400, 'invalid_request'));
    expect(await call('GET', '/v2/verifications')).toEqual(problem(404, 'route_not_found'));
    expect(await call('GET', `/v1/verifications/${'x'.repeat(200)}`)).toEqual(problem(400, 'invalid_request'));
  });
});

describe('a store in trouble', () => {
  it.each([
    ['not_executed', 'store_unavailable'],
    ['unknown', 'outcome_unknown'],
  ] as const)('of effect %s is 503 %s, the same for a right and a wrong code', async (effect, code) => {
    const fail = async () => {
      throw new StoreError(effect, 'redis at 10.1.2.3 is gone');
    };
    const {create, check, codeOf, wrong} = await createTestApp({
      store: (store) => ({
        ...store,
        create: store.create.bind(store),
        check: fail,
        read: fail,
        cancel: fail,
        resend: fail,
        ping: fail,
      }),
    });
    const {id} = (await create()).body;
    const right = await check(id, codeOf(id));
    const other = await check(id, wrong(codeOf(id)));
    expect(right).toEqual(problem(503, code));
    expect(right.headers['retry-after']).toBe('1');
    expect(JSON.stringify(right)).not.toContain('10.1.2.3');
    expect({...right.body, instance: ''}).toEqual({...other.body, instance: ''});
  });

  it('that fails in a way nobody expected is 500 and tells nothing', async () => {
    const {create} = await createTestApp({
      store: (store) => ({...store, create: async () => Promise.reject(new TypeError('secret detail'))}),
    });
    const answer = await create();
    expect(answer).toEqual(problem(500, 'internal_error'));
    expect(JSON.stringify(answer)).not.toContain('secret detail');
  });
});
