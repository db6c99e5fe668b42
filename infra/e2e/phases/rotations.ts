import {createHash, randomBytes} from 'node:crypto';
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
import {appAuthoritySecret, appTls} from '../../secrets/names.ts';
import {runCli} from '../command.ts';
import {loadPolicy, nextApiKey, stateNamespace} from '../environment.ts';
import {forward} from '../port-forward.ts';
import {podsOf} from '../workloads.ts';
import {type Phase, type Stage, unnoticed} from './phase.ts';

// The kubelet writes a changed Secret into the mounts within a minute and a half; the service looks every few seconds.
const takenUpTimeoutMs = 180_000;
/** So many answers in a row, over all pods behind the Service, say that none of them is left behind. */
const enough = 30;

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
  disturb: (stage) => rotate(stage, 'redis'),
};

export const renewRedisCertificate: Phase = {
  key: 'renew-redis-certificate',
  name: 'the certificate of Redis is renewed',
  bounds: unnoticed,
  disturb: (stage) => rotate(stage, 'redis-certificate'),
};

export const rotateApiKey: Phase = {
  key: 'rotate-api-key',
  name: 'an API key is rotated',
  bounds: unnoticed,
  async disturb(stage) {
    const {cluster, namespace, useApiKey} = stage;
    const old = stage.apiKey();
    const other = (await readSecret(cluster, namespace, `otp-${nextApiKey}`))['api-key'] ?? '';
    useApiKey(other);
    const key = `otp_shop_${randomBytes(24).toString('base64url').replaceAll('_', '-')}`;
    const sha256 = createHash('sha256').update(key).digest('hex');
    await changeSecret(cluster, namespace, 'otp-api-key', {'api-key': key, sha256});
    await takenUp('the new key is accepted', async () => (await statusWith(stage, key)) === 200);
    await takenUp('the old key is refused', async () => (await statusWith(stage, old)) === 401);
    useApiKey(key);
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

async function rotate({file, signal, redis}: Stage, what: 'secret-key' | 'redis' | 'redis-certificate'): Promise<void> {
  const {exitCode, output} = await runCli('rotate', ['--env', file, what], signal);
  if (exitCode !== 0) throw new Error(output);
  await redis.whole(replicas, takenUpTimeoutMs);
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
