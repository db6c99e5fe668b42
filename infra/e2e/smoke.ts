import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Cluster} from '../cluster/connect.ts';
import {found} from '../cluster/found.ts';
import {componentName, ports, stackId, stackNames} from '../lib/names.ts';
import type {Claims} from './claims.ts';
import {runCli} from './command.ts';
import {environmentYaml, host, smtpSecret, stateNamespace} from './environment.ts';
import {call} from './http.ts';
import {leftOver} from './left-over.ts';
import {codeFromMail} from './mail.ts';
import {forward} from './port-forward.ts';
import {reachable} from './reachable.ts';
import type {E2eSettings} from './settings.ts';
import {sink, sinkHost, sinkNamespace} from './sink/names.ts';
import {startSink} from './sink/start.ts';

export interface SmokeOptions {
  readonly settings: E2eSettings;
  readonly cluster: Cluster;
  /** The environment's file. */
  readonly file: string;
  readonly claims: Claims;
  readonly signal: AbortSignal;
}

/** From an empty cluster to a code, and back to an empty cluster. */
export async function smoke(options: SmokeOptions): Promise<void> {
  await comesUp(options);
  await verifiesThroughTheIngress(options);
  await keepsOthersOut(options);
  await goesAway(options);
}

async function comesUp({settings, cluster, file, claims, signal}: SmokeOptions): Promise<void> {
  const {name, image} = settings;
  const env = ['--env', file];

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
  await claims.prove('deploy brings everything up', async () => {
    const {exitCode, output} = await runCli('deploy', env, signal);
    assert.equal(exitCode, 0, output);
  });
  await claims.prove('a second deploy changes nothing', async () => {
    const {exitCode, output} = await runCli('deploy', env, signal);
    assert.equal(exitCode, 0, output);
    for (const stack of stackNames) assert.match(output, new RegExp(`${stackId(name, stack)}\\s+No changes\\.`));
  });
}

async function verifiesThroughTheIngress({settings, cluster, claims, signal}: SmokeOptions): Promise<void> {
  const {name, ingressUrl, ingressService} = settings;
  await using ingress =
    ingressUrl === undefined ? await forward(cluster, {...ingressService, service: ingressService.name}) : undefined;
  await using mail = await forward(cluster, {namespace: sinkNamespace(name), service: sink.name, port: sink.httpPort});
  const url = ingress?.url ?? ingressUrl ?? '';
  const secret = await cluster.core.readNamespacedSecret({name: 'otp-api-key', namespace: name});
  const apiKey = Buffer.from(secret.data?.['api-key'] ?? '', 'base64').toString();
  const to = 'alice@example.com';

  await claims.prove('a call without an API key is refused', async () => {
    const {status} = await call(url, {method: 'POST', path: '/v1/verifications', host, json: {to, policy: 'login'}});
    assert.equal(status, 401);
  });
  const created = await claims.prove('a verification is created through the ingress controller', async () => {
    const {status, body} = await call(url, {
      method: 'POST',
      path: '/v1/verifications',
      host,
      apiKey,
      json: {to, policy: 'login'},
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body as {id: string};
  });
  const {code} = await claims.prove('its code arrives by mail over TLS', async () => {
    const received = await codeFromMail(mail.url, to, signal);
    assert.ok(received.secure);
    return received;
  });
  const check = (given: string) =>
    call(url, {method: 'POST', path: `/v1/verifications/${created.id}/check`, host, apiKey, json: {code: given}});
  await claims.prove('a wrong code is refused', async () => {
    const {status, body} = await check(code === '000000' ? '111111' : '000000');
    assert.equal(status, 422, JSON.stringify(body));
  });
  await claims.prove('the right code is approved', async () => {
    const {status, body} = await check(code);
    assert.deepEqual([status, Reflect.get(Object(body), 'status')], [200, 'approved'], JSON.stringify(body));
  });
  await claims.prove('the right code is not approved twice', async () => {
    const {status, body} = await check(code);
    assert.deepEqual(
      [status, Reflect.get(Object(body), 'code')],
      [409, 'verification_already_approved'],
      JSON.stringify(body),
    );
  });
}

async function keepsOthersOut({settings: {name}, cluster, claims}: SmokeOptions): Promise<void> {
  const redis = `${componentName('redis')}.${name}.svc`;
  const app = `${componentName('app')}.${name}.svc`;
  await claims.prove('a pod of another namespace reaches neither Redis nor the app', async () => {
    const foreign = {namespace: sinkNamespace(name), pod: sink.name, container: sink.name};
    assert.equal(await reachable(cluster, foreign, redis, ports.redis), 'closed');
    assert.equal(await reachable(cluster, foreign, app, 443), 'closed');
  });
  await claims.prove(
    'a pod of the app reaches Redis and the mail server, and no other port of the latter',
    async () => {
      const {items} = await cluster.core.listNamespacedPod({
        namespace: name,
        labelSelector: 'app.kubernetes.io/component=app',
      });
      const own = {namespace: name, pod: items[0]?.metadata?.name ?? '', container: 'app'};
      assert.equal(await reachable(cluster, own, redis, ports.redis), 'open');
      assert.equal(await reachable(cluster, own, sinkHost(name), sink.smtpPort), 'open');
      assert.equal(await reachable(cluster, own, sinkHost(name), sink.httpPort), 'closed');
    },
  );
}

async function goesAway({settings: {name}, cluster, file, claims, signal}: SmokeOptions): Promise<void> {
  const env = ['--env', file];
  await claims.prove('destroy keeps data, Secrets and namespace, and nothing else', async () => {
    const {exitCode, output} = await runCli('destroy', env, signal);
    assert.equal(exitCode, 0, output);
    const left = await leftOver(cluster, name);
    assert.deepEqual(
      left.filter((each) => !each.startsWith('Secret ')),
      ['PersistentVolumeClaim data-otp-redis-0'],
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
