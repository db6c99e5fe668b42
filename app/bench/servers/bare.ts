import fastify from 'fastify';
import {Redis} from 'ioredis';
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

/** Fastify and ioredis with one script a request, and nothing else: what the platform itself costs. */

const redis = new Redis(process.env.REDIS_URL ?? '');
await loadScripts(redis);
const app = fastify();

// Texts as long as what the service sends: nothing is computed here. An id has to name its record and nothing more.
const sealedCode = 'c'.repeat(46);
const sealedAddress = 'a'.repeat(150);
const macOf = (code: string) => code.padEnd(43, 'm');
let made = 0;
const nextId = () => `v2_k1_${process.pid}-${made++}`.padEnd(70, '-').concat(String(made).padStart(20, '0'));

app.post('/v1/verifications', async (_request, reply) => {
  const id = nextId();
  const {sha1} = referenceScripts.create;
  await redis.evalsha(
    sha1,
    3,
    ...referenceKeys(id),
    id.slice(-11),
    macOf(referenceCode),
    referenceInfo,
    sealedCode,
    sealedAddress,
    id,
    ...createNumbers,
  );
  return reply.code(201).send(referenceVerification(id));
});

app.post<{Params: {id: string}; Body: {code: string}}>('/v1/verifications/:id/check', async (request, reply) => {
  const {id} = request.params;
  const [verification, recipient] = referenceKeys(id);
  const {sha1} = referenceScripts.check;
  const mac = macOf(request.body.code);
  const answer = await redis.evalsha(sha1, 2, verification, recipient, id.slice(-11), mac, ...checkNumbers);
  const [kind] = answer as [string];
  return kind === 'approved' ? referenceVerification(id) : reply.code(422).send(referenceProblem(id, request.id));
});

app.get<{Params: {id: string}}>('/v1/verifications/:id', async (request) => {
  const {id} = request.params;
  const [verification, recipient] = referenceKeys(id);
  await redis.evalsha(referenceScripts.read.sha1, 2, verification, recipient, id.slice(-11));
  return referenceVerification(id);
});

await app.listen({host: '127.0.0.1', port: Number(process.env.PORT)});
