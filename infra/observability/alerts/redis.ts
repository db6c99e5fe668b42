import {redisMetrics as redis} from '../metrics.ts';
import type {Alert} from './alert.ts';

/** A Redis with replicas and sentinels that these stacks run. */
const alerts: readonly Omit<Alert, 'needs'>[] = [
  {
    name: 'OtpRedisNoMaster',
    severity: 'page',
    for: '30s',
    expr: `(count(${redis.instance}{@ns@,role="master"}) or vector(0)) == 0`,
    summary: '{{ $value }} Redis masters: nothing can be stored, new verifications are served from memory',
  },
  {
    name: 'OtpRedisTwoMasters',
    severity: 'page',
    // A failover shows two for one or two scrapes.
    for: '1m',
    expr: `count(${redis.instance}{@ns@,role="master"}) > 1`,
    summary: '{{ $value }} Redis masters at once: what one of them acknowledges may be lost',
  },
  {
    name: 'OtpRedisReplicasMissing',
    severity: 'page',
    for: '1m',
    expr: `max(${redis.replicas}{@ns@}) < 1`,
    summary: 'The master has {{ $value }} replicas: no write is acknowledged',
  },
  {
    name: 'OtpRedisReplicationLag',
    severity: 'page',
    for: '1m',
    // 5 s is min-replicas-max-lag: a replica that is further behind does not count.
    expr: `min(${redis.replicaLag}{@ns@}) > 5`,
    summary: 'The best replica is {{ $value }} s behind: the master refuses writes',
  },
  {
    name: 'OtpRedisReplicaLinkDown',
    severity: 'ticket',
    for: '5m',
    expr: `min by (pod) (${redis.linkUp}{@ns@}) < 1`,
    summary: '{{ $labels.pod }} has no link to its master (link {{ $value }}): one failure from no acknowledged write',
  },
  {
    name: 'OtpRedisDown',
    severity: 'ticket',
    for: '2m',
    expr: `min by (pod) (${redis.up}{@ns@,part="redis"}) < 1`,
    summary: '{{ $labels.pod }} does not answer (up {{ $value }}): redundancy is not full',
  },
  {
    name: 'OtpSentinelQuorumLost',
    severity: 'page',
    for: '1m',
    expr: `(max(${redis.sentinels}{@ns@}) or vector(0)) < 2`,
    summary: '{{ $value }} sentinels see one another: a master that fails now is not replaced',
  },
  {
    name: 'OtpRedisMemoryHigh',
    severity: 'ticket',
    for: '10m',
    expr: `max by (pod) (${redis.memoryUsed}{@ns@} / (${redis.memoryMax}{@ns@} > 0)) > 0.8`,
    summary: '{{ $labels.pod }} has used {{ $value | humanizePercentage }} of its memory: at 100 % writes are refused',
  },
  {
    name: 'OtpRedisWritesRejected',
    severity: 'page',
    expr: `sum(increase(${redis.errors}{@ns@,err=~"OOM|NOREPLICAS|MISCONF"}[5m])) > 0`,
    for: '1m',
    summary: 'Redis refused {{ $value | humanize }} writes in 5 min',
  },
  {
    name: 'OtpRedisEvictions',
    severity: 'page',
    expr: `sum(increase(${redis.evicted}{@ns@}[15m])) > 0`,
    summary: 'Redis evicted {{ $value | humanize }} keys in 15 min: failure budgets among them give new attempts',
  },
];

export const redisAlerts: readonly Alert[] = alerts.map((alert) => ({...alert, needs: 'replicas'}));
