import {existsSync, globSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {presetNames} from '../environment/preset-names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {appMetrics, kubernetesMetrics, redisMetrics} from '../observability/metrics.ts';
import {commandsOf} from './commands.ts';

const {scripts} = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** What a script runs, as text: its file with all that lies in its part of the house. */
function sourceOf(script: string): string {
  const file = /node (\S+\.ts)/.exec(scripts[script] ?? '')?.[1] ?? '';
  const part = file.startsWith('infra/') ? 'infra' : dirname(file);
  return globSync(`${part}/**/*.ts`, {cwd: projectRoot})
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(projectRoot, path), 'utf8'))
    .join('\n');
}

describe('npm run, on every page', () => {
  const known = new Map<string, string>();
  const calls = commandsOf('npm run').map((call) => {
    const [, , script = '', ...words] = call.text.split(/\s+/);
    return {...call, script: script.replace(/[.,:)]+$/, ''), words: words.join(' ')};
  });

  it('names scripts that there are', () => {
    expect(calls.length).toBeGreaterThan(40);
    expect(
      calls.filter(({script}) => !(script in scripts) && script !== '').map(({page, text}) => `${page}: ${text}`),
    ).toEqual([]);
  });

  it.each(calls.filter(({words}) => words.startsWith('-- ')))('$page: $text', ({script, words}) => {
    const source = known.get(script) ?? sourceOf(script);
    known.set(script, source);
    const given = words.slice(3).split(/[\s|[\]]+/);
    const unknown = given
      // NAME, URL and numbers are the reader's.
      .filter((word, index) => /^(--)?[a-z][a-z:-]*$/.test(word) && given[index - 1] !== '--env')
      .filter((word) => !new RegExp(`['"\`|.\\s(]${word.replace(/^--/, '(--)?')}['"\`|:\\s,]`).test(source));
    const environment = given[given.indexOf('--env') + 1] ?? '';
    if (given.includes('--env') && environment !== 'NAME')
      expect(existsSync(join(projectRoot, `environments/${environment}.yaml`))).toBe(true);
    expect(unknown).toEqual([]);
  });
});

describe('the run books', () => {
  const text = globSync('docs/**/*.md', {cwd: projectRoot})
    .map((page) => readFileSync(join(projectRoot, page), 'utf8'))
    .join('\n');

  it('go by files and functions that the pods of Redis have', () => {
    const files = new Set(readdirSync(join(projectRoot, 'infra/redis/files')));
    const named = [...text.matchAll(/\/etc\/otp-redis\/([\w.-]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !files.has(name))).toEqual([]);
    const look = ['common.sh', 'look.sh']
      .map((name) => readFileSync(join(projectRoot, 'infra/redis/files', name), 'utf8'))
      .join('\n');
    for (const name of ['look_around', 'named_by_majority']) {
      expect(text).toContain(name);
      expect(look).toContain(`${name}() {`);
    }
  });

  it('ask Prometheus for metrics that there are', () => {
    const metrics = new Set<string>(Object.values({...appMetrics, ...redisMetrics, ...kubernetesMetrics}));
    const asked = [...text.matchAll(/\b((?:otp|redis|kube)_[a-z_]+)\{/g)].map(([, name = '']) =>
      name.replace(/_(count|sum|bucket)$/, ''),
    );
    expect(asked.length).toBeGreaterThan(10);
    const service = readFileSync(join(projectRoot, 'app/metrics.ts'), 'utf8');
    expect(asked.filter((name) => !metrics.has(name) && !service.includes(`'${name}'`))).toEqual([]);
  });

  it('know every platform that there is a preset for', () => {
    expect(readdirSync(join(projectRoot, 'docs/platforms')).sort()).toEqual(
      presetNames.map((name) => `${name}.md`).sort(),
    );
  });
});
