import assert from 'node:assert/strict';
import {componentName, ports} from '../lib/names.ts';
import {redisPodNames} from '../redis/names.ts';
import type {HttpClient} from './http.ts';
import {codeFromMail} from './mail.ts';
import {forward} from './port-forward.ts';
import {reachable} from './reachable.ts';
import type {RunOptions} from './run-options.ts';
import {sink, sinkHost, sinkNamespace} from './sink/names.ts';
import {podsOf} from './workloads.ts';

/** One code by mail, through the ingress controller, with TLS verified there and by the controller. */
export async function verifiesByMail(options: RunOptions, client: HttpClient, apiKey: string): Promise<void> {
  const {settings, cluster, claims, signal} = options;
  await using mail = await forward(cluster, {
    namespace: sinkNamespace(settings.name),
    service: sink.name,
    port: sink.httpPort,
  });
  const to = 'alice@example.com';
  const create = (key?: string) =>
    client.call({
      method: 'POST',
      path: '/v1/verifications',
      json: {to, policy: 'login'},
      ...(key === undefined ? {} : {apiKey: key}),
    });

  await claims.prove('a call without an API key is refused', async () => {
    assert.equal((await create()).status, 401);
  });
  const created = await claims.prove('a verification is created through the ingress controller, over TLS', async () => {
    const {status, body} = await create(apiKey);
    assert.equal(status, 201, JSON.stringify(body));
    return body as {id: string};
  });
  const {code} = await claims.prove('its code arrives by mail over TLS', async () => {
    const received = await codeFromMail(mail.url, to, signal);
    assert.ok(received.secure);
    return received;
  });
  const check = (given: string) =>
    client.call({method: 'POST', path: `/v1/verifications/${created.id}/check`, apiKey, json: {code: given}});
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

export async function keepsOthersOut({settings: {name}, cluster, claims}: RunOptions): Promise<void> {
  const redis = `${redisPodNames[0]}.${name}.svc`;
  const app = `${componentName('app')}.${name}.svc`;
  await claims.prove('a pod of another namespace reaches neither Redis nor the app', async () => {
    const foreign = {namespace: sinkNamespace(name), pod: sink.name, container: sink.name};
    for (const port of [ports.redis, ports.sentinel, ports.exporter])
      assert.equal(await reachable(cluster, foreign, redis, port), 'closed', `${redis}:${port}`);
    assert.equal(await reachable(cluster, foreign, app, 443), 'closed', app);
  });
  await claims.prove(
    'a pod of the app reaches Redis and the mail server, and no other port of the latter',
    async () => {
      const [pod] = await podsOf(cluster, name, 'app');
      const own = {namespace: name, pod: pod?.metadata?.name ?? '', container: 'app'};
      for (const port of [ports.redis, ports.sentinel])
        assert.equal(await reachable(cluster, own, redis, port), 'open', `${redis}:${port}`);
      assert.equal(await reachable(cluster, own, sinkHost(name), sink.smtpPort), 'open');
      assert.equal(await reachable(cluster, own, sinkHost(name), sink.httpPort), 'closed');
    },
  );
}
