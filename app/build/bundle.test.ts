import {readFileSync} from 'node:fs';
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {startServiceProcess} from '../testing/service-process.ts';
import {bundleService, compileCacheOf, imageArguments} from './bundle.ts';

let directory: string;
let entry: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'otp-build-'));
  ({entry} = await bundleService(directory));
});
afterAll(() => rm(directory, {recursive: true, force: true}));

it('runs without the sources and packages, with everything that it reads at run time', async () => {
  await using service = await startServiceProcess({}, {entry});
  for (const path of [
    '/docs',
    '/docs/swagger-ui-bundle.js',
    '/openapi.json',
    '/.well-known/jwks.json',
    '/dev/inbox',
    '/dev/assets/inbox.js',
  ])
    expect((await fetch(`${service.url}${path}`)).status, path).toBe(200);
  service.child.kill('SIGTERM');
  expect(await service.exited).toBe(0);
});

it('comes with what Node has made of its text', async () => {
  expect(await readdir(compileCacheOf(entry))).not.toEqual([]);
});

it('is started by the image as the bench starts it', () => {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const [, command = ''] = /^CMD (\["node".*main\.js"\])$/m.exec(dockerfile) ?? [];
  expect(JSON.parse(command)).toEqual(['node', ...imageArguments, 'app/main.js']);
  expect(dockerfile).toContain(`NODE_COMPILE_CACHE=${compileCacheOf('/srv/app/main.js')}`);
});
