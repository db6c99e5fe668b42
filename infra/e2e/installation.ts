import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {makeAuthority, makeCertificate} from '../bootstrap/certificates.ts';
import {found} from '../cluster/found.ts';
import {stackId, stackNames} from '../lib/names.ts';
import {redisPodNames} from '../redis/names.ts';
import {ingressTls} from '../secrets/names.ts';
import {runCli} from './command.ts';
import {environmentYaml, host, smtpSecret, stateNamespace} from './environment.ts';
import {leftOver} from './left-over.ts';
import type {RunOptions} from './run-options.ts';
import {startSink} from './sink/start.ts';

// Measured on three nodes with the images present; an operator looks at the screen for so long.
const firstDeployMaxSeconds = 120;
const unchangedDeployMaxSeconds = 20;
const synthesisMaxSeconds = 3;

/** From an empty cluster to an installation. Gives the authority of its ingress certificate (PEM), and when the deploy began. */
export async function comesUp({settings, cluster, file, claims, signal}: RunOptions) {
  const {name, image} = settings;
  const env = ['--env', file];

  let synthesisSeconds = 0;
  await claims.prove('the stacks are synthesised', async () => {
    const startedAt = performance.now();
    const {exitCode, output} = await runCli('synth', env, signal);
    assert.equal(exitCode, 0, output);
    synthesisSeconds = Math.round((performance.now() - startedAt) / 100) / 10;
  });
  await claims.note(`that took ${synthesisSeconds} s`, () =>
    assert.ok(synthesisSeconds <= synthesisMaxSeconds, `more than ${synthesisMaxSeconds} s`),
  );
  await claims.prove('a deploy before bootstrap is refused and names the command', async () => {
    const {exitCode, output} = await runCli('deploy', env, signal);
    assert.deepEqual([exitCode, output.includes('npm run bootstrap')], [1, true], output);
  });
  await claims.prove('bootstrap makes namespaces, keys and certificates', async () => {
    const {exitCode, output} = await runCli('bootstrap', env, signal);
    assert.equal(exitCode, 0, output);
    assert.match(output, new RegExp(`Secret ${smtpSecret}: ca.crt, password`));
  });
  await claims.prove('a second bootstrap changes nothing', async () => {
    const {exitCode, output} = await runCli('bootstrap', env, signal);
    assert.equal(exitCode, 0, output);
    assert.doesNotMatch(output, /^(made|added|took)/m);
  });
  await claims.prove('a deploy that lacks a Secret is refused and names it with its keys', async () => {
    const {exitCode, output} = await runCli('deploy', env, signal);
    assert.equal(exitCode, 1, output);
    assert.match(output, new RegExp(`Secret ${smtpSecret}: ca.crt, password`));
  });
  await claims.prove('a deploy to a context that the kubeconfig lacks is refused and names both', async () => {
    const elsewhere = join(dirname(file), 'elsewhere.yaml');
    await writeFile(elsewhere, environmentYaml({...settings, context: 'no-such-context'}));
    const {exitCode, output} = await runCli('deploy', ['--env', elsewhere], signal);
    assert.equal(exitCode, 1, output);
    assert.ok(output.includes('no-such-context') && output.includes(settings.context), output);
  });
  await claims.prove('the mail sink runs', async () => {
    const {password, caPem} = await startSink(cluster, name, image);
    const stringData = {password, 'ca.crt': caPem};
    await cluster.core.createNamespacedSecret({namespace: name, body: {metadata: {name: smtpSecret}, stringData}});
  });
  const authority = await makeAuthority('OTP Service e2e ingress CA');
  const {'tls.crt': certificate, 'tls.key': key} = await makeCertificate(authority, [host]);
  await cluster.core.createNamespacedSecret({
    namespace: name,
    body: {
      metadata: {name: ingressTls},
      type: 'kubernetes.io/tls',
      stringData: {'tls.crt': certificate, 'tls.key': key},
    },
  });
  const begunAt = performance.now();
  await claims.prove('deploy brings everything up', async () => {
    const {exitCode, output} = await runCli('deploy', env, signal);
    assert.equal(exitCode, 0, output);
  });
  return {ca: authority.certificatePem, begunAt};
}

/** Once a code has been through: what was promised for the way there. */
export async function wasQuick({claims}: RunOptions, begunAt: number): Promise<void> {
  const seconds = Math.round((performance.now() - begunAt) / 1000);
  await claims.note(`from deploy to the first approved code it took ${seconds} s`, () =>
    assert.ok(seconds <= firstDeployMaxSeconds, `more than ${firstDeployMaxSeconds} s`),
  );
}

export async function staysAsItIs({settings: {name}, file, claims, signal}: RunOptions): Promise<void> {
  let seconds = 0;
  await claims.prove('a deploy without a change changes nothing', async () => {
    const begunAt = performance.now();
    const {exitCode, output} = await runCli('deploy', ['--env', file], signal);
    assert.equal(exitCode, 0, output);
    for (const stack of stackNames) assert.match(output, new RegExp(`${stackId(name, stack)}\\s+No changes\\.`));
    seconds = Math.round((performance.now() - begunAt) / 1000);
  });
  await claims.note(`that took ${seconds} s`, () =>
    assert.ok(seconds <= unchangedDeployMaxSeconds, `more than ${unchangedDeployMaxSeconds} s`),
  );
}

export async function goesAway({settings: {name}, cluster, file, claims, signal}: RunOptions): Promise<void> {
  const env = ['--env', file];
  await claims.prove('destroy keeps data, Secrets and namespace, and nothing else', async () => {
    const {exitCode, output} = await runCli('destroy', env, signal);
    assert.equal(exitCode, 0, output);
    const left = await leftOver(cluster, name);
    assert.deepEqual(
      left.filter((each) => !each.startsWith('Secret ')),
      redisPodNames.map((pod) => `PersistentVolumeClaim data-${pod}`),
    );
    assert.ok(left.includes('Secret otp-api-key') && left.includes(`Secret ${smtpSecret}`), left.join(', '));
  });
  await claims.prove('destroy --all without the right name removes nothing', async () => {
    const {exitCode, output} = await runCli('destroy', [...env, '--all', '--yes', 'another'], signal);
    assert.deepEqual([exitCode, output.includes('nothing was removed')], [1, true], output);
  });
  await claims.prove('destroy --all leaves nothing', async () => {
    const {exitCode, output} = await runCli('destroy', [...env, '--all', '--yes', name], signal);
    assert.equal(exitCode, 0, output);
    for (const namespace of [name, stateNamespace(name)])
      assert.equal(
        await found(cluster.core.readNamespace({name: namespace})),
        undefined,
        `namespace ${namespace} is still there`,
      );
  });
}
