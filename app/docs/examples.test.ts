import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {type ServiceProcess, startServiceProcess} from '../testing/service-process.ts';
import {until} from '../testing/until.ts';
import {examplesIn, shapeOf} from './examples.ts';
import {pathOf} from './pages.ts';

const run = promisify(execFile);
const authorization = 'Bearer otp_dev_development-only-key';

/** Answers tell of the delivery: they are asked for once the message has been delivered. */
async function delivered(service: ServiceProcess, id: string): Promise<string> {
  const get = async <T>(path: string) =>
    (await fetch(service.url + path, {headers: {authorization}})).json() as Promise<T>;
  await until('the delivery', async () => {
    const {delivery} = await get<{delivery: {status: string}}>(`/v1/verifications/${id}`);
    return delivery.status === 'sent';
  });
  const messages = await get<{verificationId: string; code: string}[]>('/dev/inbox.json');
  return messages.find((message) => message.verificationId === id)?.code ?? '';
}

describe('docs/api.md', () => {
  it('shows calls that get the answers that it shows', async () => {
    await using service = await startServiceProcess();
    let id = '';
    let code = '';
    const examples = examplesIn(readFileSync(pathOf('docs/api.md'), 'utf8'));
    expect(examples.length).toBeGreaterThan(5);
    for (const {command, status, answer} of examples) {
      const filled = command
        .replaceAll('http://127.0.0.1:8080', service.url)
        .replace('/ID', `/${id}`)
        .replace('"CODE"', `"${code}"`);
      const {stdout} = await run('sh', ['-c', `${filled} -w '\\n%{http_code}'`]);
      const [, body = '', answered] = /^([\s\S]*)\n(\d+)$/.exec(stdout) ?? [];
      expect(Number(answered), command).toBe(status);
      expect(body === '' ? undefined : shapeOf(body), command).toEqual(
        answer === undefined ? undefined : shapeOf(answer),
      );
      if (status === 201) {
        id = JSON.parse(body).id;
        code = await delivered(service, id);
      }
    }
  });
});
