import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {mkdtemp, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {developmentFile} from './config/development.ts';
import {startRedis} from './testing/redis-server.ts';
import {type ServiceProcess, startServiceOn, startServiceProcess} from './testing/service-process.ts';
import {until} from './testing/until.ts';

const authorization = 'Bearer otp_dev_development-only-key';

async function request(service: ServiceProcess, method: string, path: string, body?: object) {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: {authorization, ...(body === undefined ? {} : {'content-type': 'application/json'})},
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
  });
  const text = await response.text();
  return {status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text)};
}
const create = (service: ServiceProcess, to: string) => request(service, 'POST', '/v1/verifications', {to});
const check = (service: ServiceProcess, id: string, code: string) =>
  request(service, 'POST', `/v1/verifications/${id}/check`, {code});
const codeFor = (service: ServiceProcess, to: string) =>
  until(
    'the message',
    async () =>
      ((await request(service, 'GET', `/dev/inbox.json?to=${encodeURIComponent(to)}`)).body as {code: string}[]).at(0)
        ?.code,
  );

describe('the service', () => {
  it('does what its greeting says, as written there, with nothing else installed', async () => {
    await using service = await startServiceProcess();
    await until('the greeting', () => service.output().includes('CODE'));
    const lines = service
      .output()
      .split('\n')
      .filter((line) => line.trim().startsWith('curl '));
    const run = (line: string | undefined) =>
      JSON.parse(execFileSync('sh', ['-c', line ?? 'false'], {encoding: 'utf8'}));
    expect(lines).toHaveLength(3);
    const {id} = run(lines[0]);
    const code = await until('the message', () => run(lines[1])[0]?.code);
    expect(run(lines[2]?.replace('ID', id).replace('CODE', code))).toMatchObject({id, status: 'approved'});
  });

  it('writes no code, key or recipient into its log, its metrics or its errors', async () => {
    await using redis = await startRedis();
    // So long that no time or size in the log is a code by chance: six digits were in one run of 2300.
    const policies = {login: {...developmentFile.policies.login, codeLength: 12}};
    const path = join(await mkdtemp(join(tmpdir(), 'otp-service-')), 'otp.yaml');
    await writeFile(path, JSON.stringify({...developmentFile, policies})); // JSON is YAML
    await using service = await startServiceOn(redis.url, {LOG_LEVEL: 'trace', OTP_CONFIG: path});
    const recipients = ['grace.hopper@example.com', '+41446681800'];
    const answers: string[] = [];
    const codes: string[] = [];
    for (const to of recipients) {
      const {body} = await create(service, to);
      const code = await codeFor(service, to);
      expect(code).toMatch(/^\d{12}$/);
      codes.push(code);
      for (const typed of ['wrong', code, code])
        answers.push(JSON.stringify((await check(service, body.id, typed)).body));
      answers.push(JSON.stringify(body));
    }
    answers.push(
      JSON.stringify((await request(service, 'POST', '/v1/verifications', {to: recipients[0], code: codes[0]})).body),
    );
    const metrics = await (await fetch(service.metricsUrl)).text();
    service.child.kill('SIGTERM');
    await service.exited;
    // The greeting shows the development key on purpose.
    const log = service
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n');
    expect(log).toContain('"outcome":"approved"');
    expect(metrics).toContain('otp_verifications_total{policy="login",channel="sms",event="approved"} 1');
    for (const [where, text] of Object.entries({log, metrics, answers: answers.join('\n')})) {
      for (const secret of [...codes, ...recipients, 'grace.hopper', 'development-only-key'])
        expect(text.includes(secret), `${secret} in the ${where}`).toBe(false);
    }
  });

  it('keeps codes over a restart of its own and of Redis, and accepts each once', async () => {
    await using redis = await startRedis();
    let id: string;
    let code: string;
    {
      await using service = await startServiceOn(redis.url);
      id = (await create(service, 'ada@example.com')).body.id;
      code = await codeFor(service, 'ada@example.com');
    }
    await redis.restart();
    await using service = await startServiceOn(redis.url);
    const answers = await Promise.all(Array.from({length: 20}, () => check(service, id, code)));
    expect(answers.map(({status}) => status).toSorted()).toEqual([200, ...new Array(19).fill(409)]);
  });

  it('without an answer from Redis creates in memory, guesses at nothing that is in Redis, and is itself again afterwards', async () => {
    await using redis = await startRedis();
    await using service = await startServiceOn(redis.url, {STORE_TIMEOUT_MS: '2000', STORE_DEADLINE_MS: '8000'});
    const {id} = (await create(service, 'ada@example.com')).body;
    const code = await codeFor(service, 'ada@example.com');
    redis.freeze();
    let held: string;
    try {
      const [created, checked, ready] = await Promise.all([
        create(service, 'bob@example.com'),
        check(service, id, '000000'),
        request(service, 'GET', '/readyz'),
      ]);
      expect([created.status, checked.status, ready.status]).toEqual([201, 503, 200]);
      expect(checked.body).toMatchObject({code: 'outcome_unknown'});
      expect((await request(service, 'GET', '/livez')).status).toBe(200);
      held = created.body.id;
    } finally {
      redis.thaw();
    }
    await until('Redis', async () => (await check(service, id, code)).status === 200);
    // Redis has created its copy too, late: the code is accepted once all the same, and only under the id that was told.
    const [bob] = await until('the message', async () => {
      const {body} = await request(service, 'GET', '/dev/inbox.json?to=bob@example.com');
      return body.length > 0 && body;
    });
    const approved = await until('the approval', async () => {
      const answer = await check(service, held, bob.code);
      return answer.status !== 503 && answer.status;
    });
    expect(approved).toBe(200);
    expect((await check(service, held, bob.code)).body).toMatchObject({code: 'verification_already_approved'});
  });

  it('serves without Redis, also when it never was there, and says that it is degraded', async () => {
    await using service = await startServiceProcess({REDIS_URL: 'redis://127.0.0.1:1'});
    expect(await create(service, 'ada@example.com')).toMatchObject({status: 201});
    const ready = await until('the breaker', async () => {
      const answer = await request(service, 'GET', '/readyz');
      return answer.body.status !== 'ready' && answer;
    });
    expect(ready).toMatchObject({status: 200, body: {status: 'degraded'}});
  });

  it('on SIGTERM says not ready, serves on for the drain delay, finishes what is under way, and exits with 0', async () => {
    await using service = await startServiceProcess({DRAIN_DELAY_SECONDS: '4'});
    const {hostname, port} = new URL(service.url);
    // A request whose body is still to come when the signal arrives.
    const slow = connect(Number(port), hostname);
    const body = '{"to":"slow@example.com"}';
    slow.write(
      `POST /v1/verifications HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
    );
    await once(slow, 'connect');
    service.child.kill('SIGTERM');
    await until('draining', async () => (await request(service, 'GET', '/readyz')).body.status === 'draining');
    expect((await create(service, 'late@example.com')).status).toBe(201);
    slow.write(body);
    const [answer] = await once(slow, 'data');
    expect(String(answer)).toContain('201 Created');
    expect(await service.exited).toBe(0);
    expect(service.output()).toContain('"msg":"stopped"');
  });

  it('is not kept from stopping by a connection that never asks for anything', async () => {
    await using service = await startServiceProcess({SHUTDOWN_TIMEOUT_SECONDS: '4'});
    const {hostname, port} = new URL(service.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  it('logs nothing of what is no HTTP, which may hold a key or a code', async () => {
    await using service = await startServiceProcess({LOG_LEVEL: 'trace'});
    const {hostname, port} = new URL(service.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/verifications HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: many\r\n\r\n{"code":"987654321098"}`,
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/);
    await until('the log', () => service.output().includes('no HTTP request'));
    // Not as numbers either: 57,56,55 is "987".
    expect(service.output().replaceAll(/\s/g, '')).not.toMatch(/987654321098|57,56,55,54,53,52/);
  });

  it('ends with 78 and every fault of its configuration, before it opens a port', async () => {
    await using service = await startServiceProcess({NODE_ENV: 'production', STORE_TIMEOUT_MS: 'soon'});
    expect(await service.exited).toBe(78);
    expect(service.output()).toContain('STORE_TIMEOUT_MS: "soon"');
    expect(service.output()).toContain('OTP_SECRET_KEYS is missing');
    expect(service.output()).not.toContain('listening');
  });

  it('ends with 1 when its port is taken, and says which', async () => {
    await using first = await startServiceProcess();
    await using second = await startServiceProcess({PORT: new URL(first.url).port});
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain('EADDRINUSE');
  });

  it('shows its version in the API’s documentation', async () => {
    await using service = await startServiceProcess();
    const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect((await request(service, 'GET', '/openapi.json')).body.info.version).toBe(version);
  });
});
