import {ConfigMapV1} from '@cdktf/provider-kubernetes/lib/config-map-v1/index.js';
import type {Environment} from '../../environment/schema.ts';
import {Construct} from '../../lib/cdk.ts';
import {sharedLabels} from '../../lib/labels.ts';
import {literalValues} from '../../lib/literal.ts';
import {type Dashboard, grafanaJson} from './panel.ts';
import {serviceDashboard} from './service.ts';
import {storeDashboard} from './store.ts';

export interface DashboardsProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

export const dashboards: readonly Dashboard[] = [serviceDashboard, storeDashboard];

/** Found by the sidecar of Grafana's chart, which looks for ConfigMaps with the label `grafana_dashboard`. */
export class Dashboards extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment: {namespace}}: DashboardsProps) {
    super(scope, id);
    for (const dashboard of dashboards) {
      const text = JSON.stringify(grafanaJson(dashboard, environmentName, namespace), null, 1);
      new ConfigMapV1(this, dashboard.name, {
        metadata: {
          name: `otp-dashboard-${dashboard.name}`,
          namespace,
          labels: {...sharedLabels(environmentName), grafana_dashboard: '1'},
        },
        data: literalValues({[`otp-${environmentName}-${dashboard.name}.json`]: text}),
      });
    }
  }
}
