import {apiEndpoint} from '../infra/app/endpoint.ts';
import type {App} from '../infra/lib/cdk.ts';
import {OtpStack, type OtpStackProps} from '../infra/lib/stack.ts';
import {ComponentPolicy} from '../infra/network/policies.ts';
import {ChaosPermissions} from '../infra/resilience/chaos-permissions.ts';
import {scheduledRuns} from '../infra/resilience/runs.ts';
import {cronJobName, ScheduledRun} from '../infra/resilience/scheduled-run.ts';

export class ResilienceStack extends OtpStack {
  constructor(app: App, props: OtpStackProps) {
    super(app, 'resilience', props);
    const {environment} = props;
    if (!environment.resilience.enabled) return;
    const {scheme, host} = apiEndpoint(environment);
    for (const component of ['load', 'chaos'] as const)
      new ComponentPolicy(this, `policy-${component}`, component, props);
    new ChaosPermissions(this, 'chaos-permissions', props);
    for (const run of scheduledRuns(environment, `${scheme}://${host}`))
      new ScheduledRun(this, cronJobName(run), {...props, run});
  }
}
