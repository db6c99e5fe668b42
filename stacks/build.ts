import type {App} from '../infra/lib/cdk.ts';
import type {OtpStackProps} from '../infra/lib/stack.ts';
import {AppStack} from './app-stack.ts';
import {FoundationStack} from './foundation-stack.ts';
import {ObservabilityStack} from './observability-stack.ts';
import {RedisStack} from './redis-stack.ts';
import {ResilienceStack} from './resilience-stack.ts';

/** All stacks of an environment, in the order in which they need one another. */
export function buildStacks(app: App, props: OtpStackProps): void {
  const foundation = new FoundationStack(app, props);
  const redis = new RedisStack(app, props);
  redis.addDependency(foundation);
  // By order alone: no stack reads another's outputs.
  const service = new AppStack(app, props);
  service.addDependency(redis);
  new ObservabilityStack(app, props).addDependency(service);
  new ResilienceStack(app, props).addDependency(service);
}
