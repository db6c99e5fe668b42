import type {Environment} from '../../environment/schema.ts';
import type {Alert} from './alert.ts';
import {deliveryAlerts} from './delivery.ts';
import {objectiveAlerts} from './objectives.ts';
import {operationsAlerts} from './operations.ts';
import {redisAlerts} from './redis.ts';
import {serviceAlerts} from './service.ts';

/** Every alert that there is, by what it is about. */
export const alertGroups: Readonly<Record<string, readonly Alert[]>> = {
  objectives: objectiveAlerts,
  service: serviceAlerts,
  redis: redisAlerts,
  delivery: deliveryAlerts,
  operations: operationsAlerts,
};

/** Those that mean something in an environment: an alert on a metric that nobody exports would be silent, or never stop. */
export function alertsOf(environment: Pick<Environment, 'redis' | 'resilience'>): [group: string, Alert[]][] {
  const has: Readonly<Record<NonNullable<Alert['needs']>, boolean>> = {
    replicas: environment.redis.mode === 'replicated',
    'scheduled runs': environment.resilience.enabled,
  };
  return Object.entries(alertGroups).map(([group, alerts]) => [
    group,
    alerts.filter(({needs}) => needs === undefined || has[needs]),
  ]);
}
