import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, expect, test} from 'vitest';
import {assertReady} from './target.ts';

const servers: ReturnType<typeof createServer>[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
});

async function serve(paths: readonly string[]): Promise<URL> {
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    response.writeHead(paths.includes(path) ? 200 : 404).end();
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test('a service that does not run is reported by address and reason before any load', async () => {
  const url = await serve([]);
  const [server] = servers.splice(0);
  server?.close();
  await expect(assertReady(url, true)).rejects.toThrow(
    new RegExp(`no service at ${url.href}.*ECONNREFUSED.*npm start`),
  );
});

test('something else than an OTP Service is reported', async () => {
  await expect(assertReady(await serve([]), false)).rejects.toThrow('answered 404 to GET /livez');
});

test('a service without a development inbox takes only the flows that read no codes', async () => {
  const url = await serve(['/livez']);
  await expect(assertReady(url, true)).rejects.toThrow('no development inbox (answered 404)');
  await expect(assertReady(url, false)).resolves.toBeUndefined();
});
