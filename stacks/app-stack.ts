import {AppAvailability} from '../infra/app/availability.ts';
import {AppDeployment} from '../infra/app/deployment.ts';
import {Exposure} from '../infra/app/exposure.ts';
import {AppServices} from '../infra/app/services.ts';
import type {App} from '../infra/lib/cdk.ts';
import {OtpStack, type OtpStackProps} from '../infra/lib/stack.ts';
import {ComponentPolicy} from '../infra/network/policies.ts';

export class AppStack extends OtpStack {
  constructor(app: App, props: OtpStackProps) {
    super(app, 'app', props);
    new ComponentPolicy(this, 'policy', 'app', props);
    new AppServices(this, 'services', props);
    new AppDeployment(this, 'pods', props);
    new AppAvailability(this, 'availability', props);
    new Exposure(this, 'exposure', props);
  }
}
