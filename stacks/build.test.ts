import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, it} from 'vitest';
import {loadEnvironment} from '../infra/environment/load.ts';
import {App, type TerraformStack} from '../infra/lib/cdk.ts';
import {stackId, stackNames} from '../infra/lib/names.ts';
import {projectRoot} from '../infra/lib/project-root.ts';
import {buildStacks} from './build.ts';

const folder = mkdtempSync(join(tmpdir(), 'otp-build-'));
afterAll(() => rmSync(folder, {recursive: true}));

it('the order in which stacks are deployed is one in which each finds what it needs', () => {
  const {name, environment} = loadEnvironment('example', projectRoot);
  const app = new App({outdir: folder});
  buildStacks(app, {environmentName: name, environment});
  const order = stackNames.map((stack) => stackId(name, stack));
  const stacks = app.node.children as TerraformStack[];
  expect(stacks.map(({node}) => node.id).toSorted()).toEqual(order.toSorted());
  for (const {node, dependencies} of stacks)
    for (const needed of dependencies) expect(order.indexOf(needed.node.id)).toBeLessThan(order.indexOf(node.id));
});
