import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {assertNoPage} from './pages.ts';

let alerts: unknown = [];
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(alerts));
});
let url: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const alert = (labels: object, state = 'active') => ({
  labels: {alertname: 'OtpRedisNoMaster', namespace: 'otp', severity: 'page', ...labels},
  status: {state},
});

it('a page that fires keeps a run from starting, and is named', async () => {
  alerts = [alert({}), alert({alertname: 'OtpSlow'})];
  await expect(assertNoPage(url, 'otp')).rejects.toThrow('a page is firing in otp: OtpRedisNoMaster, OtpSlow');
});

it('tickets, silenced pages and those of other namespaces do not', async () => {
  alerts = [alert({severity: 'ticket'}), alert({}, 'suppressed'), alert({namespace: 'shop'})];
  await expect(assertNoPage(url, 'otp')).resolves.toBeUndefined();
});

it('an Alertmanager that does not answer does', async () => {
  await expect(assertNoPage('http://127.0.0.1:1', 'otp')).rejects.toThrow(/^whether a page is firing could not be/);
});
