import type {App} from '../infra/lib/cdk.ts';
import {RawManifests} from '../infra/lib/raw-manifests.ts';
import {OtpStack, type OtpStackProps} from '../infra/lib/stack.ts';
import {Dashboards} from '../infra/observability/dashboards/config-map.ts';
import {podMonitors} from '../infra/observability/monitors.ts';
import {prometheusRule} from '../infra/observability/rules.ts';

export class ObservabilityStack extends OtpStack {
  constructor(app: App, props: OtpStackProps) {
    super(app, 'observability', props);
    const {environmentName, environment} = props;
    if (!environment.observability.enabled) return;
    new Dashboards(this, 'dashboards', props);
    new RawManifests(this, 'manifests', {
      name: 'otp-observability',
      namespace: environment.namespace,
      context: environment.context,
      manifests: [...podMonitors(environmentName, environment), prometheusRule(environmentName, environment)],
    });
  }
}
