import {randomBytes} from 'node:crypto';
import {setTimeout as wait} from 'node:timers/promises';
import {connect as connectTls} from 'node:tls';
import {appCertificateNames} from '../../app/endpoint.ts';
import {makeCertificate} from '../../bootstrap/certificates.ts';
import type {Cluster} from '../../cluster/connect.ts';
import {loadEnvironment} from '../../environment/load.ts';
import {componentName, ports} from '../../lib/names.ts';
import {projectRoot} from '../../lib/project-root.ts';
import {replicas} from '../../redis/names.ts';
import {changeSecret, readSecret} from '../../rotation/change-secret.ts';
import type {Rotation} from '../../rotation/rotations.ts';
import {appAuthoritySecret, appTls, redisTls} from '../../secrets/names.ts';
import {runCli} from '../command.ts';
import {loadPolicy, stateNamespace} from '../environment.ts';
import {forward} from '../port-forward.ts';
import {podsOf} from '../workloads.ts';
import {type Phase, type Stage, unnoticed} from './phase.ts';

// The kubelet writes a changed Secret into the mounts within a minute and a half; the service looks every few seconds.
const takenUpTimeoutMs = 180_000;
/** So many answers in a row, over all pods behind the Service, say that none of them is left behind. */
const enough = 30;
const apiKeySecret = 'otp-api-key';

export const rotateSecretKey: Phase = {
  key: 'rotate-secret-key',
  name: 'the secret key is rotated',
  bounds: unnoticed,
  async disturb(stage) {
    const before = kidOf(await newId(stage));
    await rotate(stage, 'secret-key');
    await takenUp('new verifications are under the new key', async () => kidOf(await newId(stage)) !== before);
  },
};

export const rotateRedisPasswords: Phase = {
  key: 'rotate-redis',
  name: 'the passwords of Redis are rotated',
  bounds: unnoticed,
  disturb: async (stage) => {
    await rotate(stage, 'redis');
  },
};

export const renewRedisCertificate: Phase = {
  key: 'renew-redis-certificate',
  name: 'the certificate of Redis is renewed',
  bounds: unnoticed,
  disturb: async (stage) => {
    await rotate(stage, 'redis-certificate');
  },
};

export const rotateRedisAuthority: Phase = {
  key: 'rotate-redis-authority',
  name: 'the authority of Redis is replaced',
  bounds: unnoticed,
  disturb: (stage) => replaceAuthority(stage, 'redis-authority', redisTls),
};

export const rotateApiAuthority: Phase = {
  key: 'rotate-api-authority',
  name: 'the authority of the API is replaced',
  bounds: unnoticed,
  disturb: (stage) => replaceAuthority(stage, 'api-authority', appTls),
};

export const rotateApiKey: Phase = {
  key: 'rotate-api-key',
  name: 'an API key is rotated',
  bounds: unnoticed,
  async disturb(stage) {
    const {cluster, namespace, useApiKey} = stage;
    const old = stage.apiKey();
    await rotate(stage, 'api-key');
    const {'api-key': key = '', sha256 = ''} = await readSecret(cluster, namespace, apiKeySecret);
    await takenUp('the new key is accepted', async () => (await statusWith(stage, key)) === 200);
    await takenUp('the old key is accepted still', async () => (await statusWith(stage, old)) === 200);
    useApiKey(key);
    // As for a key that has leaked: the week that the old one has left is not waited for.
    await changeSecret(cluster, namespace, apiKeySecret, {sha256: sha256.split(',')[0]});
    await takenUp('the old key is refused', async () => (await statusWith(stage, old)) === 401);
  },
};

export const renewCertificate: Phase = {
  key: 'renew-certificate',
  name: 'the certificate of the service is renewed',
  bounds: unnoticed,
  async disturb({cluster, namespace, name, file}) {
    const authority = await readSecret(cluster, stateNamespace(name), appAuthoritySecret(name));
    const renewed = await makeCertificate(
      {certificatePem: authority['tls.crt'] ?? '', keyPem: authority['tls.key'] ?? ''},
      appCertificateNames(loadEnvironment(file, projectRoot).environment),
    );
    const before = await fingerprints(cluster, namespace);
    await changeSecret(cluster, namespace, appTls.name, renewed);
    await takenUp(
      'every pod shows the new certificate',
      async () => ![...(await fingerprints(cluster, namespace))].some((shown) => before.has(shown)),
      1,
    );
  },
};

async function takenUp(what: string, holds: () => Promise<boolean>, times = enough): Promise<void> {
  const deadline = performance.now() + takenUpTimeoutMs;
  for (let inARow = 0; inARow < times; ) {
    if (performance.now() > deadline) throw new Error(`not within ${takenUpTimeoutMs / 1000} s: ${what}`);
    if (await holds()) inARow++;
    else {
      inARow = 0;
      await wait(1000);
    }
  }
}

/** @returns what the command said */
async function rotate({file, signal, redis}: Stage, what: Rotation): Promise<string> {
  const {exitCode, output} = await runCli('rotate', ['--env', file, what], signal);
  if (exitCode !== 0) throw new Error(output);
  await redis.whole(replicas, takenUpTimeoutMs);
  return output;
}

/** @param trust the Secret in which those who go by the authority find what they trust */
async function replaceAuthority(
  stage: Stage,
  what: Rotation,
  {name, ca}: typeof redisTls | typeof appTls,
): Promise<void> {
  const {cluster, namespace, saw} = stage;
  const trusted = async () => (await readSecret(cluster, namespace, name))[ca] ?? '';
  const before = await trusted();
  let said = await rotate(stage, what);
  // It ends half-way where it cannot know that all trust both. The controller of a run goes by the Secrets.
  if (!said.includes('3 of 3')) said += await rotate(stage, what);
  for (const [line] of said.matchAll(/\d of 3: .*/g)) saw(line);
  if (!said.includes('3 of 3') || (await trusted()).includes(before.trim()))
    throw new Error(`the old authority is still trusted: ${said}`);
}

/** `v2_<kid>_…` */
const kidOf = (id: string) => id.split('_')[1];

async function newId({client, apiKey}: Stage): Promise<string> {
  const json = {to: `rotation-${randomBytes(8).toString('hex')}`, policy: loadPolicy, channel: 'direct'};
  const {body} = await client.call({method: 'POST', path: '/v1/verifications', apiKey: apiKey(), json});
  return (body as {id: string}).id;
}

async function statusWith({client}: Stage, apiKey: string): Promise<number> {
  return (await client.call({method: 'GET', path: '/v1/policies', apiKey})).status;
}

/** Of the certificates that the pods show, each asked by itself. */
async function fingerprints(cluster: Cluster, namespace: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (const {metadata} of await podsOf(cluster, namespace, 'app')) {
    await using to = await forward(cluster, {
      namespace,
      service: componentName('app'),
      port: ports.api,
      pod: metadata?.name ?? '',
    });
    found.add(await fingerprint(new URL(to.url).port));
  }
  return found;
}

function fingerprint(port: string): Promise<string> {
  const {promise, resolve, reject} = Promise.withResolvers<string>();
  // Only looked at, whoever has signed it; that it is verified is what the ingress controller does.
  const socket = connectTls({host: '127.0.0.1', port: Number(port), rejectUnauthorized: false}, () => {
    resolve(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
  });
  socket.on('error', reject);
  return promise;
}
