import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {stringify} from 'yaml';
import type {RuleGroup} from '../rules.ts';
import type {AlertCase} from './alert-cases.ts';

interface Run {
  readonly exitCode: number | null;
  readonly output: string;
}

/** @throws Error that names the package where promtool is missing. */
function promtool(args: readonly string[], cwd: string): Run {
  const {error, status, stdout, stderr} = spawnSync('promtool', [...args], {cwd, encoding: 'utf8'});
  if (error)
    throw new Error('promtool is not on the PATH. Install it: it is in the package prometheus of Debian and Ubuntu.', {
      cause: error,
    });
  return {exitCode: status, output: `${stdout}${stderr}`};
}

/** Has Prometheus itself read the rules, and play the cases against them: each against the group of its alert alone. */
export function testRules(
  groups: readonly RuleGroup[],
  cases: readonly AlertCase[],
  namespace: string,
  evaluationInterval: string,
): Run {
  const folder = mkdtempSync(join(tmpdir(), 'otp-rules-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), stringify({groups}));
    const checked = promtool(['check', 'rules', 'rules.yaml'], folder);
    if (checked.exitCode !== 0) return checked;
    const files = groups.flatMap((group, index) => {
      const tests = cases
        .filter(({alert}) => group.rules.some((rule) => Reflect.get(rule, 'alert') === alert))
        .flatMap((each) => [
          testOf(each, each.fires, 'fires', namespace),
          testOf(each, each.quiet, 'stays quiet', namespace),
        ]);
      if (tests.length === 0) return [];
      writeFileSync(join(folder, `rules-${index}.yaml`), stringify({groups: [group]}));
      writeFileSync(
        join(folder, `tests-${index}.yaml`),
        stringify({rule_files: [`rules-${index}.yaml`], evaluation_interval: evaluationInterval, tests}),
      );
      return [`tests-${index}.yaml`];
    });
    return promtool(['test', 'rules', ...files], folder);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

function testOf(
  {alert, labels = {}, interval = '15s', at = '20m'}: AlertCase,
  series: AlertCase['fires'],
  expectation: 'fires' | 'stays quiet',
  namespace: string,
) {
  const more = Object.entries(labels).map(([label, value]) => `,${label}="${value}"`);
  const firing = `count(ALERTS{alertname="${alert}",alertstate="firing",namespace="${namespace}"${more.join('')}}) > bool 0`;
  return {
    name: `${alert} ${expectation}`,
    interval,
    input_series: Object.entries(series).map(([name, values]) => ({
      series: name.replace('{', `{namespace="${namespace}",`),
      values,
    })),
    promql_expr_test: [
      {expr: firing, eval_time: at, exp_samples: expectation === 'fires' ? [{labels: '{}', value: 1}] : []},
    ],
  };
}
