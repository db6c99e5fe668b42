import type {App} from '../infra/lib/cdk.ts';
import {OtpStack, type OtpStackProps} from '../infra/lib/stack.ts';
import {ComponentPolicy} from '../infra/network/policies.ts';
import {ReplicatedRedis} from '../infra/redis/replicated.ts';
import {SingleRedis} from '../infra/redis/single.ts';

export class RedisStack extends OtpStack {
  constructor(app: App, props: OtpStackProps) {
    super(app, 'redis', props);
    const {mode} = props.environment.redis;
    // An external Redis is there already.
    if (mode === 'external') return;
    new ComponentPolicy(this, 'policy', 'redis', props);
    if (mode === 'single') new SingleRedis(this, 'redis', props);
    else new ReplicatedRedis(this, 'redis', props);
  }
}
