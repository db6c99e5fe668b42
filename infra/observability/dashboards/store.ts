import {appMetrics as app, redisMetrics as redis} from '../metrics.ts';
import type {Dashboard} from './panel.ts';

const ns = 'namespace="$namespace"';

export const storeDashboard: Dashboard = {
  name: 'store',
  title: 'OTP Service: store',
  panels: [
    {
      title: 'Time of an operation, p99',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (le, operation) (rate(${app.storeDuration}_bucket{${ns}}[5m])))`,
          legend: '{{operation}}',
        },
      ],
    },
    {
      title: 'Errors by effect',
      unit: 'short',
      queries: [{expr: `sum by (effect) (rate(${app.storeErrors}{${ns}}[5m]))`, legend: '{{effect}}'}],
    },
    {
      title: 'Operations a commit',
      unit: 'short',
      queries: [
        {
          expr: `sum(rate(${app.groupCommitSize}_sum{${ns}}[5m])) / sum(rate(${app.groupCommitSize}_count{${ns}}[5m]))`,
          legend: 'mean',
        },
      ],
    },
    {
      title: 'Not confirmed, lost',
      unit: 'short',
      queries: [
        {expr: `sum(rate(${app.unreplicated}{${ns}}[5m]))`, legend: 'not confirmed by a replica'},
        {expr: `sum(rate(${app.lineageLost}{${ns}}[5m]))`, legend: 'lost in a failover'},
      ],
    },
    {
      title: 'Roles',
      unit: 'short',
      queries: [
        {expr: `count by (role) (${redis.instance}{${ns}})`, legend: '{{role}}'},
        {expr: `max(${redis.replicas}{${ns}})`, legend: 'connected replicas'},
        {expr: `max(${redis.sentinels}{${ns}})`, legend: 'sentinels'},
      ],
    },
    {
      title: 'Lag of the replicas',
      unit: 's',
      queries: [{expr: `max by (slave_ip) (${redis.replicaLag}{${ns}})`, legend: '{{slave_ip}}'}],
    },
    {
      title: 'Memory',
      unit: 'percentunit',
      queries: [{expr: `${redis.memoryUsed}{${ns}} / (${redis.memoryMax}{${ns}} > 0)`, legend: '{{pod}}'}],
    },
    {
      title: 'Commands and errors',
      unit: 'short',
      queries: [
        {expr: `sum by (pod) (rate(${redis.commands}{${ns}}[5m]))`, legend: '{{pod}}'},
        {expr: `sum by (err) (rate(${redis.errors}{${ns}}[5m]))`, legend: 'error {{err}}'},
      ],
    },
  ],
};
