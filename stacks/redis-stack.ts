import type {App} from '../infra/lib/cdk.ts';
import {OtpStack, type OtpStackProps} from '../infra/lib/stack.ts';
import {ComponentPolicy} from '../infra/network/policies.ts';
import {SingleRedis} from '../infra/redis/single.ts';

export class RedisStack extends OtpStack {
  constructor(app: App, props: OtpStackProps) {
    super(app, 'redis', props);
    new ComponentPolicy(this, 'policy', 'redis', props);
    new SingleRedis(this, 'redis', props);
  }
}
