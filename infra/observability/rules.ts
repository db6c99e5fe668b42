import type {Environment} from '../environment/schema.ts';
import {componentLabels, environmentLabel} from '../lib/labels.ts';
import {runbookOf} from './alerts/alert.ts';
import {alertsOf} from './alerts/index.ts';
import {objectiveRecordings} from './alerts/objectives.ts';

/** Rule groups as Prometheus reads them. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly object[];
}

export function ruleGroups(environmentName: string, environment: Environment): RuleGroup[] {
  const {namespace, observability} = environment;
  const here = (expr: string) => expr.replaceAll('@ns@', `namespace="${namespace}"`);
  const labels = {environment: environmentName, namespace};
  const recordings = objectiveRecordings.map(({record, expr}) => ({record, expr: here(expr), labels: {namespace}}));
  const groups = alertsOf(environment).map(([group, alerts]) => ({
    name: `otp-${environmentName}-${group}`,
    // In one group they are evaluated in order: the alerts see what was recorded a moment before.
    rules: [
      ...(group === 'objectives' ? recordings : []),
      ...alerts.map(({name, severity, expr, for: held, summary, labels: own}) => ({
        alert: name,
        expr: here(expr),
        ...(held === undefined ? {} : {for: held}),
        labels: {...labels, ...own, severity},
        annotations: {summary, runbook_url: `${observability.runbooks}/${runbookOf(name)}.md`},
      })),
    ],
  }));
  return groups.filter(({rules}) => rules.length > 0);
}

export const prometheusRule = (environmentName: string, environment: Environment) => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: {
    name: 'otp',
    namespace: environment.namespace,
    labels: {
      ...componentLabels(environmentName, 'app'),
      [environmentLabel]: environmentName,
      ...environment.observability.labels,
    },
  },
  spec: {groups: ruleGroups(environmentName, environment)},
});
