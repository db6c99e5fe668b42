import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, test} from 'vitest';
import type {ReceivedMessage} from '../lab/message-sink.ts';
import {Client} from './client.ts';

const subject = {phase: 'workload', user: 'u1', recipient: 'u1', verificationId: 'v1'} as const;

test('a code is known when the message of the last resend has come that happened, or may have', async () => {
  const statuses = [200, 429, 503];
  const server = createServer((_request, response) => {
    const status = statuses.shift() ?? 500;
    response.writeHead(status).end(JSON.stringify(status === 503 ? {code: 'outcome_unknown'} : {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let newest: ReceivedMessage | undefined;
  const client = new Client({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: 'key',
    timeoutMs: 5_000,
    originMs: 1_000,
    offer: {channel: 'email', policyOf: (name) => name},
    messages: {newestOf: () => newest},
  });
  const codeWith = (resends: number) => {
    newest = {code: String(resends), resends, firstSeenAtMs: 3_000};
    return client.sentCode('v1');
  };
  try {
    expect(client.sentCode('v1')).toBeUndefined();
    expect(codeWith(0)).toBe('0');
    expect(client.messageSeenMs('v1')).toBe(2_000);
    await client.resend(subject);
    expect([codeWith(0), codeWith(1)]).toEqual([undefined, '1']);
    await client.resend(subject);
    expect(codeWith(1)).toBe('1');
    await client.resend(subject);
    expect([codeWith(1), codeWith(2)]).toEqual([undefined, '2']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  expect(client.operations.map(({kind, outcome}) => `${kind} ${outcome}`)).toEqual([
    'resend ok',
    'resend fail',
    'resend unknown',
  ]);
});
