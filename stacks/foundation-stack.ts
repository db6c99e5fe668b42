import {Foundation} from '../infra/foundation/foundation.ts';
import type {App} from '../infra/lib/cdk.ts';
import {OtpStack, type OtpStackProps} from '../infra/lib/stack.ts';
import {DefaultDeny} from '../infra/network/policies.ts';

export class FoundationStack extends OtpStack {
  constructor(app: App, props: OtpStackProps) {
    super(app, 'foundation', props);
    new Foundation(this, 'namespace', props);
    new DefaultDeny(this, 'default-deny', props);
  }
}
