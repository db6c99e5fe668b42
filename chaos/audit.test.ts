import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, test} from 'vitest';
import {audit} from './audit.ts';
import {Client} from './workload/client.ts';

test('whoever is told to come back after the fault comes back until there is an answer about the verification', async () => {
  const answers = [
    {status: 201, body: {id: 'v1', code: '123456'}},
    {status: 503, body: {code: 'store_unavailable'}, retryAfter: '0'},
    {status: 503, body: {code: 'outcome_unknown'}, retryAfter: '0'},
    {status: 409, body: {code: 'verification_already_approved'}},
  ];
  const server = createServer((_request, response) => {
    const {status, body, retryAfter} = answers.shift() ?? {status: 500, body: {}};
    response.writeHead(status, {...(retryAfter === undefined ? {} : {'retry-after': retryAfter})});
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new Client({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: 'key',
    timeoutMs: 5_000,
    originMs: performance.now(),
    offer: {channel: 'direct', policyOf: (name) => name},
    messages: {newestOf: () => undefined},
  });
  try {
    await client.create({phase: 'workload', user: 'u1', recipient: 'u1'}, 'usual');
    await audit(client, new AbortController().signal);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  expect(client.operations.map(({kind, httpStatus}) => `${kind} ${httpStatus}`)).toEqual([
    'create 201',
    'check 503',
    'check 503',
    'check 409',
  ]);
});
