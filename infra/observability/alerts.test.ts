import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {runbookOf} from './alerts/alert.ts';
import {alertGroups} from './alerts/index.ts';
import {dashboards} from './dashboards/config-map.ts';
import {appMetrics, kubernetesMetrics, redisMetrics} from './metrics.ts';
import {ruleGroups} from './rules.ts';
import {dayCases, minuteCases} from './testing/alert-cases.ts';
import {testRules} from './testing/promtool.ts';

const {environment: example} = loadEnvironment('example', projectRoot);
const alerts = Object.values(alertGroups).flat();
const groups = ruleGroups('example', example);

describe('alerts, as Prometheus plays them', () => {
  it('of minutes fire in the case that they are for and stay quiet in its neighbour', () => {
    const {exitCode, output} = testRules(groups, minuteCases, 'otp', '15s');
    expect(output).not.toContain('FAILED');
    expect(exitCode, output).toBe(0);
  }, 60_000);

  it('of days fire when the budget burns at their rate, or a day is unlike the last, and stay quiet below that', () => {
    const {exitCode, output} = testRules(groups, dayCases, 'otp', '20m');
    expect(output).not.toContain('FAILED');
    expect(exitCode, output).toBe(0);
  }, 60_000);

  it('are told when one of them no longer fires', () => {
    const deaf = groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) =>
        Reflect.get(rule, 'alert') === 'OtpOutboxOld' ? {...rule, expr: 'vector(0) > 1'} : rule,
      ),
    }));
    const {exitCode, output} = testRules(
      deaf,
      minuteCases.filter(({alert}) => alert === 'OtpOutboxOld'),
      'otp',
      '15s',
    );
    expect(exitCode).not.toBe(0);
    expect(output).toContain('FAILED');
  });
});

describe('every alert', () => {
  it('has a case', () => {
    const cases = new Set([...minuteCases, ...dayCases].map(({alert}) => alert));
    expect([...new Set(alerts.map(({name}) => name))].filter((name) => !cases.has(name))).toEqual([]);
  });

  it.each(alerts)('$name ($severity) says its value in one sentence', ({name, summary}) => {
    expect(name).toMatch(/^Otp[A-Z]/);
    expect(summary).toContain('{{ $value');
    expect(summary).not.toMatch(/\n|\.$/);
  });

  it.each([...new Set(alerts.map(({name}) => name))])('%s has a run book that says what to do', (name) => {
    const file = join(projectRoot, 'docs/runbooks', `${runbookOf(name)}.md`);
    expect(existsSync(file), file).toBe(true);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`# ${name}`);
    for (const heading of ['Symptom', 'First look', 'Mend', 'Escalate']) expect(text).toContain(`\n## ${heading}\n`);
    expect(text).toMatch(/```sh\n[^`]*kubectl /);
  });

  it('links to its run book', () => {
    for (const rule of groups.flatMap(({rules}) => rules)) {
      const name = Reflect.get(rule, 'alert') as string | undefined;
      if (name === undefined) continue;
      expect(Reflect.get(rule, 'annotations')).toMatchObject({
        runbook_url: `https://git.example.com/otp-service/docs/runbooks/${runbookOf(name)}.md`,
      });
    }
  });

  it('is of one installation: its metrics are those of one namespace', () => {
    for (const {expr} of alerts) {
      const metrics = expr.match(/\b(?:(?:otp|redis|kube)_\w+|otp:\w+:\w+)/g) ?? [];
      expect(metrics.length).toBeGreaterThanOrEqual(expr.startsWith('(sum(up') ? 0 : 1);
      expect(expr.match(/@ns@/g)?.length ?? 0).toBeGreaterThanOrEqual(metrics.length);
    }
  });
});

describe('rules and dashboards', () => {
  it('name no metric but those of the catalogue', () => {
    const known = new Set<string>(
      [appMetrics, redisMetrics, kubernetesMetrics].flatMap((metrics) => Object.values(metrics)),
    );
    const text = JSON.stringify([groups, dashboards]);
    const named = new Set(text.match(/\b(?:otp|redis|kube)_[a-z_]+/g) ?? []);
    const unknown = [...named].filter((name) => !known.has(name.replace(/_(bucket|count|sum)$/, '')));
    expect(unknown).toEqual([]);
  });

  it('leave no metric of the catalogue unused', () => {
    const text = JSON.stringify([alerts, dashboards]);
    const unused = [appMetrics, redisMetrics, kubernetesMetrics]
      .flatMap((metrics) => Object.values(metrics))
      .filter((name) => !text.includes(name));
    expect(unused).toEqual([]);
  });
});
