import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import type {TypeBoxTypeProvider} from '@fastify/type-provider-typebox';
import fastify, {LogController} from 'fastify';
import {Redis} from 'ioredis';
import {pino} from 'pino';
import {sealAddress, sealCode} from '../../delivery/message.ts';
import {createKeyring} from '../../domain/keyring.ts';
import {codeMac} from '../../domain/mac.ts';
import {checkBody, createBody, idParams, verificationSchema} from '../../routes/schemas.ts';
import {
  checkNumbers,
  createNumbers,
  loadScripts,
  referenceCode,
  referenceInfo,
  referenceKeys,
  referenceProblem,
  referenceScripts,
  referenceVerification,
} from './reference-scripts.ts';

/**
 * What no OTP service over HTTP and Redis can do without, by the service's own functions: validation by the same schemas,
 * the API key's hash, the code's MAC, sealing of code and address, one script, one log line. Left out are its decisions:
 * recipients and pseudonyms, ids that carry their address, waits, next steps, metrics, problem details, time-outs.
 */

const {REDIS_URL = '', BENCH_CLIENT: client = '', BENCH_API_KEY: apiKey = '', OTP_SECRET_KEYS = ''} = process.env;
const keys = createKeyring([{kid: 'k1', secret: Buffer.from(OTP_SECRET_KEYS.split(':')[1] ?? '', 'base64')}]).current;
const apiKeySha256 = createHash('sha256').update(apiKey).digest();
const redis = new Redis(REDIS_URL);
await loadScripts(redis);

const app = fastify({
  loggerInstance: pino({base: {service: 'otp-service'}, timestamp: pino.stdTimeFunctions.isoTime}),
  logController: new LogController({disableRequestLogging: true}),
  ajv: {customOptions: {removeAdditional: false, coerceTypes: false, allErrors: true}},
}).withTypeProvider<TypeBoxTypeProvider>();

app.addHook('onRequest', async (request, reply) => {
  const key = request.headers.authorization?.slice('Bearer '.length) ?? '';
  if (!timingSafeEqual(createHash('sha256').update(key).digest(), apiKeySha256)) return reply.code(401).send();
});
app.addHook('onResponse', async (request, reply) => {
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  const {method, routeOptions} = request;
  request.log.info({method, route: routeOptions.url, status: reply.statusCode, ms, outcome: 'ok', client}, 'request');
});

app.post(
  '/v1/verifications',
  {schema: {body: createBody, response: {201: verificationSchema}}},
  async (request, reply) => {
    const id = `v2_k1_${randomBytes(63).toString('base64url')}`;
    await redis.evalsha(
      referenceScripts.create.sha1,
      3,
      ...referenceKeys(id),
      id.slice(-11),
      codeMac(keys, client, id, referenceCode),
      referenceInfo,
      sealCode(keys, id, referenceCode),
      sealAddress(keys, id, {channel: 'email', to: request.body.to}),
      id,
      ...createNumbers,
    );
    return reply.code(201).send(referenceVerification(id));
  },
);

app.post(
  '/v1/verifications/:id/check',
  {schema: {params: idParams, body: checkBody, response: {200: verificationSchema}}},
  async (request, reply) => {
    const {id} = request.params;
    const [verification, recipient] = referenceKeys(id);
    const mac = codeMac(keys, client, id, request.body.code ?? '');
    const {sha1} = referenceScripts.check;
    const answer = await redis.evalsha(sha1, 2, verification, recipient, id.slice(-11), mac, ...checkNumbers);
    const [kind] = answer as [string];
    if (kind === 'approved') return referenceVerification(id);
    return (reply as {code(status: number): typeof reply}).code(422).send(referenceProblem(id, request.id) as never);
  },
);

app.get('/v1/verifications/:id', {schema: {params: idParams, response: {200: verificationSchema}}}, async (request) => {
  const {id} = request.params;
  const [verification, recipient] = referenceKeys(id);
  await redis.evalsha(referenceScripts.read.sha1, 2, verification, recipient, id.slice(-11));
  return referenceVerification(id);
});

await app.listen({host: '127.0.0.1', port: Number(process.env.PORT)});
