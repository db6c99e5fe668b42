import {certificateManifests} from '../infra/foundation/certificates.ts';
import {Foundation} from '../infra/foundation/foundation.ts';
import type {App} from '../infra/lib/cdk.ts';
import {RawManifests} from '../infra/lib/raw-manifests.ts';
import {OtpStack, type OtpStackProps} from '../infra/lib/stack.ts';
import {DefaultDeny} from '../infra/network/policies.ts';

export class FoundationStack extends OtpStack {
  constructor(app: App, props: OtpStackProps) {
    super(app, 'foundation', props);
    new Foundation(this, 'namespace', props);
    new DefaultDeny(this, 'default-deny', props);
    const {environmentName, environment} = props;
    const manifests = certificateManifests(environmentName, environment);
    if (manifests.length > 0)
      new RawManifests(this, 'certificates', {
        name: 'otp-certificates',
        namespace: environment.namespace,
        context: environment.context,
        manifests,
      });
  }
}
