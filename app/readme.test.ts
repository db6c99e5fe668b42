import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {startServiceProcess} from './testing/service-process.ts';
import {until} from './testing/until.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const shell = (command: string) => JSON.parse(execFileSync('sh', ['-c', command], {encoding: 'utf8'}));

describe('the README', () => {
  it('shows three curl calls that work as they are written', async () => {
    await using service = await startServiceProcess();
    const block = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
      .map(([, text]) => text ?? '')
      .find((text) => text.startsWith('curl'));
    const calls = (block ?? '').replaceAll('http://127.0.0.1:8080', service.url).trim().split(/\n\n/);
    expect(calls).toHaveLength(3);
    const [create = '', inbox = '', check = ''] = calls;
    const {id} = shell(create);
    const code = await until('the message', () => shell(inbox)[0]?.code as string | undefined);
    const filled = check.replace('ID', id).replace('CODE', code);
    expect(shell(filled)).toMatchObject({status: 'approved'});
    expect(shell(filled)).toMatchObject({code: 'verification_already_approved'});
  });

  it('shows a configuration file that the service takes', async () => {
    const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(yaml).toContain('policies:');
    const {parse} = await import('yaml');
    const {fileSchema} = await import('./config/schema.ts');
    const {validate} = await import('./config/validate.ts');
    expect(validate(fileSchema, parse(yaml ?? ''))).toEqual([]);
  });
});
