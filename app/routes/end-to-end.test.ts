import type {AddressInfo} from 'node:net';
import {
  CompactEncrypt,
  type CryptoKey,
  compactDecrypt,
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
} from 'jose';
import {describe, expect, it} from 'vitest';
import {bindingHash} from '../domain/receipt.ts';
import {createTestApp} from '../testing/test-app.ts';

const direct = {channels: ['direct' as const]};
const shop = 'otp_shop_secret-of-the-shop';

async function keyPair(crv: 'X25519' | 'P-256') {
  const {publicKey, privateKey} = await generateKeyPair('ECDH-ES', {crv, extractable: true});
  return {jwk: {...(await exportJWK(publicKey)), kid: 'mine'}, privateKey};
}

const open = async (sealed: string, key: CryptoKey) =>
  JSON.parse(Buffer.from((await compactDecrypt(sealed, key)).plaintext).toString('utf8'));

describe('a code over the channel direct', () => {
  it('comes back in the clear where the policy says so, and again for a repetition of the request, for as long as it lives', async () => {
    const {create, check, pass} = await createTestApp({login: {...direct, returnCode: true}});
    const again = {'idempotency-key': 'r1'};
    const first = await create({to: 'person-7', channel: 'direct'}, shop, again);
    expect(first).toMatchObject({
      status: 201,
      body: {to: 'p***', channel: 'direct', delivery: {status: 'sent'}, next: {resend: {direct: {allowed: false}}}},
    });
    expect(first.body.code).toMatch(/^\d{6}$/);
    expect((await create({to: 'person-7', channel: 'direct'}, shop, again)).body).toEqual(first.body);
    pass(299_000);
    expect((await check(first.body.id, first.body.code)).status).toBe(200);
  });

  it('never comes back in the clear otherwise', async () => {
    const {create} = await createTestApp({login: direct});
    expect(await create({to: 'person-7', channel: 'direct'})).toMatchObject({
      status: 400,
      body: {errors: [{pointer: '/encryptionKey'}]},
    });
    const delivered = await createTestApp({login: {returnCode: true}});
    expect((await delivered.create()).body).not.toHaveProperty('code');
  });

  it.each(['X25519', 'P-256'] as const)('leaves sealed for a client’s key of %s', async (crv) => {
    const {create, check} = await createTestApp({login: {...direct, returnCode: true}});
    const {jwk, privateKey} = await keyPair(crv);
    const {body} = await create({to: 'person-7', encryptionKey: jwk});
    expect(body).not.toHaveProperty('code');
    const header = JSON.parse(Buffer.from(body.sealedCode.split('.')[0], 'base64url').toString());
    expect(header).toMatchObject({alg: 'ECDH-ES', enc: 'A256GCM', kid: 'mine'});
    const opened = await open(body.sealedCode, privateKey);
    expect(opened.id).toBe(body.id);
    expect((await check(body.id, opened.code)).status).toBe(200);
  });

  it('is refused for a key that is none', async () => {
    const {create} = await createTestApp({login: direct});
    const {jwk} = await keyPair('X25519');
    expect(await create({to: 'p', encryptionKey: {...jwk, x: 'AAAA'}})).toMatchObject({
      status: 400,
      body: {errors: [{pointer: '/encryptionKey'}]},
    });
    expect(await create({to: 'p', encryptionKey: {...jwk, jku: 'https://example.com'}})).toMatchObject({
      status: 400,
      body: {errors: [{pointer: '/encryptionKey/jku'}]},
    });
  });

  it('is not resent by the service', async () => {
    const {create, call, pass} = await createTestApp({login: {...direct, returnCode: true}});
    const {id} = (await create({to: 'person-7'})).body;
    pass(60_000);
    expect(await call('POST', `/v1/verifications/${id}/resend`)).toMatchObject({
      status: 422,
      body: {code: 'channel_not_allowed'},
    });
  });
});

describe('a check that is sealed', () => {
  async function setUp() {
    const app = await createTestApp();
    const {body} = await app.call('GET', '/.well-known/jwks.json');
    const jwk = body.keys.find(({use}: JWK) => use === 'enc') as JWK;
    const key = (await importJWK(jwk, 'ECDH-ES')) as CryptoKey;
    const {id} = (await app.create()).body;
    const seal = (content: object, header: object = {}) =>
      new CompactEncrypt(Buffer.from(JSON.stringify(content)))
        .setProtectedHeader({alg: 'ECDH-ES', enc: 'A256GCM', kid: jwk.kid, ...header} as never)
        .encrypt(key);
    const check = (sealedCode: string) => app.call('POST', `/v1/verifications/${id}/check`, {sealedCode});
    return {...app, id, code: app.codeOf(id), seal, checkSealed: check, kid: jwk.kid};
  }

  it('is opened with the service’s key, and is otherwise a check like any', async () => {
    const {id, code, seal, checkSealed, wrong} = await setUp();
    expect(await checkSealed(await seal({id, code: wrong(code)}))).toMatchObject({
      status: 422,
      body: {code: 'code_incorrect', attemptsRemaining: 4},
    });
    expect(await checkSealed(await seal({id, code}))).toMatchObject({status: 200, body: {status: 'approved'}});
  });

  it('for another verification, another key or with a header that asks for more is refused and counts nothing', async () => {
    const {id, code, seal, checkSealed, call} = await setUp();
    const other = (await generateKeyPair('ECDH-ES', {crv: 'X25519'})).publicKey;
    const foreign = await new CompactEncrypt(Buffer.from(JSON.stringify({id, code})))
      .setProtectedHeader({alg: 'ECDH-ES', enc: 'A256GCM', kid: 'k1-check'})
      .encrypt(other);
    const bad = [
      await seal({id: 'v2_other', code}),
      await seal({code}),
      await seal({id, code: 5}),
      await seal({id, code}, {jku: 'https://example.com/keys'}),
      await seal({id, code}, {kid: 'k9-check'}),
      await seal({id, code}, {enc: 'A128GCM'}),
      foreign,
      'a.b.c.d.e',
      'x',
    ];
    for (const sealed of bad)
      expect(await checkSealed(sealed)).toMatchObject({
        status: 400,
        body: {code: 'invalid_request', errors: [{pointer: '/sealedCode'}]},
      });
    expect((await call('GET', `/v1/verifications/${id}`)).body.attemptsRemaining).toBe(5);
  });

  it('comes alone: with a code in the clear beside it, or with neither, it is refused', async () => {
    const {id, code, seal, call} = await setUp();
    expect(
      (await call('POST', `/v1/verifications/${id}/check`, {code, sealedCode: await seal({id, code})})).status,
    ).toBe(400);
    expect((await call('POST', `/v1/verifications/${id}/check`, {})).status).toBe(400);
  });
});

describe('a receipt', () => {
  it('says what was approved, and anybody can verify it with the published keys', async () => {
    const {app, create, call, codeOf} = await createTestApp({login: {receiptSeconds: 60}});
    const binding = {payee: 'ACME', amount: '12.50'};
    const {id} = (await create({binding})).body;
    const check = () =>
      call('POST', `/v1/verifications/${id}/check`, {code: codeOf(id), binding}, shop, {'idempotency-key': 'c1'});
    const {receipt} = (await check()).body;
    await app.listen({host: '127.0.0.1', port: 0});
    try {
      const {port} = app.server.address() as AddressInfo;
      const jwks = createRemoteJWKSet(new URL(`http://127.0.0.1:${port}/.well-known/jwks.json`));
      const {payload, protectedHeader} = await jwtVerify(receipt, jwks, {
        issuer: 'https://otp.example.com',
        audience: 'shop',
        currentDate: new Date(1_800_000_000_000),
        algorithms: ['EdDSA'],
      });
      expect(protectedHeader.kid).toBe('k1-receipt');
      expect(payload).toEqual({
        iss: 'https://otp.example.com',
        aud: 'shop',
        sub: expect.stringMatching(/^[\w-]{16}$/),
        jti: id,
        purpose: 'login',
        binding_hash: bindingHash({amount: '12.50', payee: 'ACME'}),
        iat: 1_800_000_000,
        exp: 1_800_000_060,
      });
    } finally {
      await app.close();
    }
  });

  it('is the same for a repetition, and there is none where the policy gives none or nothing was approved', async () => {
    const {create, call, codeOf, wrong, pass} = await createTestApp({login: {receiptSeconds: 60}});
    const {id} = (await create()).body;
    const check = (code: string, key: string) =>
      call('POST', `/v1/verifications/${id}/check`, {code}, shop, {'idempotency-key': key});
    expect((await check(wrong(codeOf(id)), 'a')).body).not.toHaveProperty('receipt');
    const first = await check(codeOf(id), 'b');
    pass(5000);
    expect((await check(codeOf(id), 'b')).body.receipt).toBe(first.body.receipt);
    expect((await check(codeOf(id), 'c')).body).not.toHaveProperty('receipt');
    const payment = (await create({policy: 'payment'})).body.id;
    expect((await call('POST', `/v1/verifications/${payment}/check`, {code: codeOf(payment)})).body).not.toHaveProperty(
      'receipt',
    );
  });

  it('hashes a binding alike in any order of its members', () => {
    expect(bindingHash({b: '1', a: '2'})).toBe(bindingHash({a: '2', b: '1'}));
    expect(bindingHash({a: '1', b: '2'})).not.toBe(bindingHash({a: '2', b: '1'}));
  });
});
