import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {loadEnvironment} from '../environment/load.ts';
import {stackNames} from '../lib/names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {stackFolder, synthesise} from './synthesise.ts';

it('the stacks are written to a folder that nothing of is there yet, as in a fresh checkout', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'otp-synthesise-'));
  onTestFinished(() => rmSync(parent, {recursive: true}));
  const folder = join(parent, 'cdktf.out', 'example');
  await synthesise(loadEnvironment('example', projectRoot), folder);
  for (const stack of stackNames)
    expect(existsSync(join(stackFolder(folder, 'example', stack), 'cdk.tf.json'))).toBe(true);
});
