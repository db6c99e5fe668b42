import {setTimeout as wait} from 'node:timers/promises';
import {makeCertificate} from '../bootstrap/certificates.ts';
import {CommandError} from '../cli/command-error.ts';
import type {Cluster} from '../cluster/connect.ts';
import {runInPod} from '../cluster/run-in-pod.ts';
import type {LoadedEnvironment} from '../environment/load.ts';
import {redisCertificateNames} from '../redis/endpoint.ts';
import {configFolder} from '../redis/files.ts';
import {redisAuthoritySecret, redisTls} from '../secrets/names.ts';
import {changeSecret, readSecret} from './change-secret.ts';
import {deliver, podsOf} from './deliver.ts';

// A container that ends is started again at once, unless it has done so often: then after up to 5 min.
const sentinelTimeoutMs = 330_000;

/** A new certificate of the same authority, pod by pod: Redis reads it while it serves, its sentinel starts anew. */
export async function* rotateRedisCertificate(
  cluster: Cluster,
  {name, environment}: LoadedEnvironment,
): AsyncGenerator<string> {
  const {namespace, state} = environment;
  const authority = await readSecret(cluster, state.namespace, redisAuthoritySecret(name));
  const made = await makeCertificate(
    {certificatePem: authority['tls.crt'] ?? '', keyPem: authority['tls.key'] ?? ''},
    redisCertificateNames(environment),
  );
  await changeSecret(cluster, namespace, redisTls.name, made);
  const expected = [redisTls.certificate, redisTls.key].map((key) => ({
    file: {secret: redisTls.name, key},
    value: made[key],
  }));
  await deliver(cluster, {namespace, component: 'redis', expected});
  for (const pod of await podsOf(cluster, namespace, 'redis')) {
    const container = {namespace, pod, container: 'redis'};
    await runInPod(cluster, container, ['sh', `${configFolder}/reload.sh`, 'certificate']);
    // The next one only when this one votes again.
    const deadline = performance.now() + sentinelTimeoutMs;
    while (!(await succeeds(runInPod(cluster, container, ['sh', `${configFolder}/probe.sh`, 'sentinel-ready'])))) {
      if (performance.now() > deadline) throw new CommandError(`the sentinel of ${pod} is not back`);
      await wait(1000);
    }
    yield `${pod} serves with the new certificate`;
  }
}

const succeeds = (attempt: Promise<string>) =>
  attempt.then(
    () => true,
    () => false,
  );
