import {appMetrics as app, kubernetesMetrics as kubernetes, redisMetrics as redis, scrapeMetrics} from '../metrics.ts';

/** Series in promtool's notation ("0+2x100": from 0, 100 times 2 more), by name and labels without the namespace. */
type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly alert: string;
  /** Further labels of the alert, where several bear its name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Between two values of a series. @default 15s */
  readonly interval?: string;
  /** When it is looked at. @default 20m */
  readonly at?: string;
  readonly fires: Series;
  readonly quiet: Series;
}

const route = 'route="/v1/verifications"';
/** So many of 100,000 answers a step fail. */
const failing = (bad: number): Series => ({
  [`${app.requests}_count{${route},status="201"}`]: `0+${100_000 - bad}x400`,
  [`${app.requests}_count{${route},status="503"}`]: `0+${bad}x400`,
});
/** So many of 100,000 answers a step are slow. */
const slow = (bad: number): Series => ({
  [`${app.requests}_count{${route},status="201"}`]: '0+100000x400',
  [`${app.requests}_bucket{${route},status="201",le="0.5"}`]: `0+${100_000 - bad}x400`,
});

const windows = [
  {window: '1h', severity: 'page', interval: '1m', at: '100m', fires: 2000, quiet: 1000},
  {window: '6h', severity: 'page', interval: '5m', at: '7h', fires: 700, quiet: 500},
  {window: '1d', severity: 'ticket', interval: '10m', at: '25h', fires: 350, quiet: 250},
  {window: '3d', severity: 'ticket', interval: '30m', at: '74h', fires: 150, quiet: 50},
] as const;

const objectiveCases: readonly AlertCase[] = windows.flatMap(({window, severity, interval, at, fires, quiet}) => {
  const labels = {window, severity};
  return [
    {alert: 'OtpErrorBudgetBurn', labels, interval, at, fires: failing(fires), quiet: failing(quiet)},
    {alert: 'OtpLatencyBudgetBurn', labels, interval, at, fires: slow(fires), quiet: slow(quiet)},
  ];
});

const role = (pod: string, name: string) => `${redis.instance}{pod="${pod}",role="${name}"}`;
const job = (name: string) => `job_name="otp-load-smoke-${name}"`;
const owned = (name: string) => `${kubernetes.jobOwner}{${job(name)},owner_kind="CronJob",owner_name="otp-load-smoke"}`;

/** Of days: the rules are evaluated every twenty minutes. */
export const dayCases: readonly AlertCase[] = [
  ...objectiveCases,
  {
    alert: 'OtpLockoutSurge',
    interval: '1m',
    at: '26h',
    fires: {[`${app.lockouts}{policy="login"}`]: '0+1x1500 1500+30x100'},
    quiet: {[`${app.lockouts}{policy="login"}`]: '0+10x1600'},
  },
  {
    alert: 'OtpRateLimitSurge',
    interval: '1m',
    at: '26h',
    fires: {[`${app.rateLimited}{limit="client"}`]: '0+10x1500 15000+600x100'},
    quiet: {[`${app.rateLimited}{limit="client"}`]: '0+1x1500 1500+20x100'},
  },
  {
    alert: 'OtpCertificateExpiring',
    labels: {severity: 'ticket'},
    interval: '1m',
    at: '2h',
    fires: {[`${app.certificateExpiry}{listener="api"}`]: `${13 * 86400}x200`},
    quiet: {[`${app.certificateExpiry}{listener="api"}`]: `${15 * 86400}x200`},
  },
  {
    alert: 'OtpConversionDrop',
    interval: '1m',
    at: '25h',
    fires: {
      [`${app.verifications}{channel="sms",policy="login",event="created"}`]: '0+10x1600',
      [`${app.verifications}{channel="sms",policy="login",event="approved"}`]: '0+9x1400 12600+1x200',
    },
    // Few codes mean little, and scheduled load is nobody.
    quiet: {
      [`${app.verifications}{channel="sms",policy="login",event="created"}`]: '0+0.5x1600',
      [`${app.verifications}{channel="sms",policy="login",event="approved"}`]: '0+0.4x1400 560+0x200',
      [`${app.verifications}{channel="direct",policy="load",event="created"}`]: '0+10x1600',
      [`${app.verifications}{channel="direct",policy="load",event="approved"}`]: '0+9x1400 12600+1x200',
    },
  },
];

/** Of minutes. */
export const minuteCases: readonly AlertCase[] = [
  {
    alert: 'OtpNoPods',
    fires: {[`${scrapeMetrics.up}{part="app",pod="a"}`]: '0x100'},
    quiet: {[`${scrapeMetrics.up}{part="app",pod="a"}`]: '0x100', [`${scrapeMetrics.up}{part="app",pod="b"}`]: '1x100'},
  },
  {
    alert: 'OtpFallbackActive',
    fires: {[`${app.fallbackActive}{pod="a"}`]: '0x40 1x60'},
    // Half a minute of it is a failover.
    quiet: {[`${app.fallbackActive}{pod="a"}`]: '0x77 1x2 0x60'},
  },
  {
    alert: 'OtpStoreBreakerOpen',
    fires: {[`${app.storeBreakerOpen}{pod="a"}`]: '1x100'},
    quiet: {[`${app.storeBreakerOpen}{pod="a"}`]: '0x100'},
  },
  {
    alert: 'OtpWritesUnreplicated',
    fires: {[`${app.unreplicated}{pod="a"}`]: '0+15x100'},
    quiet: {[`${app.unreplicated}{pod="a"}`]: '0x40 5x60'},
  },
  {
    alert: 'OtpVerificationsLost',
    fires: {[`${app.lineageLost}{pod="a"}`]: '0x60 12x40'},
    quiet: {[`${app.lineageLost}{pod="a"}`]: '12x100'},
  },
  {
    alert: 'OtpCertificateExpiring',
    labels: {severity: 'page'},
    fires: {[`${app.certificateExpiry}{listener="api"}`]: `${86400}x100`},
    quiet: {[`${app.certificateExpiry}{listener="api"}`]: `${13 * 86400}x100`},
  },
  {
    alert: 'OtpRedisNoMaster',
    fires: {[role('a', 'slave')]: '1x100', [role('b', 'slave')]: '1x100'},
    quiet: {[role('a', 'master')]: '1x100', [role('b', 'slave')]: '1x100'},
  },
  {
    alert: 'OtpRedisTwoMasters',
    fires: {[role('a', 'master')]: '1x100', [role('b', 'master')]: '1x100'},
    // A failover: both are seen for two scrapes.
    quiet: {[role('a', 'master')]: '1x79 stale', [role('b', 'master')]: '_x77 1x100'},
  },
  {
    alert: 'OtpRedisReplicasMissing',
    fires: {[`${redis.replicas}{pod="a"}`]: '0x100', [`${redis.replicas}{pod="b"}`]: '0x100'},
    quiet: {[`${redis.replicas}{pod="a"}`]: '1x100', [`${redis.replicas}{pod="b"}`]: '0x100'},
  },
  {
    alert: 'OtpRedisReplicationLag',
    fires: {[`${redis.replicaLag}{slave_ip="b"}`]: '7x100', [`${redis.replicaLag}{slave_ip="c"}`]: '30x100'},
    quiet: {[`${redis.replicaLag}{slave_ip="b"}`]: '1x100', [`${redis.replicaLag}{slave_ip="c"}`]: '30x100'},
  },
  {
    alert: 'OtpRedisReplicaLinkDown',
    fires: {[`${redis.linkUp}{pod="b"}`]: '0x100', [`${redis.linkUp}{pod="c"}`]: '1x100'},
    quiet: {[`${redis.linkUp}{pod="b"}`]: '0x70 1x30', [`${redis.linkUp}{pod="c"}`]: '1x100'},
  },
  {
    alert: 'OtpRedisDown',
    fires: {[`${redis.up}{pod="b",part="redis"}`]: '0x100'},
    // A sentinel that is down is another alert.
    quiet: {[`${redis.up}{pod="b",part="redis"}`]: '1x100', [`${redis.up}{pod="b",part="sentinel"}`]: '0x100'},
  },
  {
    alert: 'OtpSentinelQuorumLost',
    fires: {[`${redis.sentinels}{pod="a"}`]: '1x100'},
    quiet: {[`${redis.sentinels}{pod="a"}`]: '2x100', [`${redis.sentinels}{pod="b"}`]: '1x100'},
  },
  {
    alert: 'OtpRedisMemoryHigh',
    fires: {[`${redis.memoryUsed}{pod="a"}`]: '90x100', [`${redis.memoryMax}{pod="a"}`]: '100x100'},
    // Without a limit there is no share of it.
    quiet: {
      [`${redis.memoryUsed}{pod="a"}`]: '70x100',
      [`${redis.memoryMax}{pod="a"}`]: '100x100',
      [`${redis.memoryUsed}{pod="b"}`]: '90x100',
      [`${redis.memoryMax}{pod="b"}`]: '0x100',
    },
  },
  {
    alert: 'OtpRedisWritesRejected',
    fires: {[`${redis.errors}{pod="a",err="OOM"}`]: '0x60 0+1x40'},
    quiet: {[`${redis.errors}{pod="a",err="OOM"}`]: '3x100', [`${redis.errors}{pod="a",err="NOSCRIPT"}`]: '0+1x100'},
  },
  {
    alert: 'OtpRedisEvictions',
    fires: {[`${redis.evicted}{pod="a"}`]: '0x60 2x40'},
    quiet: {[`${redis.evicted}{pod="a"}`]: '2x100'},
  },
  {
    alert: 'OtpOutboxOld',
    fires: {[`${app.outboxOldestAge}{pod="a"}`]: '90x100'},
    quiet: {[`${app.outboxOldestAge}{pod="a"}`]: '20x100'},
  },
  {
    alert: 'OtpDeadLetters',
    fires: {[`${app.deadLetters}{channel="sms",reason="expired"}`]: '0x60 1x40'},
    quiet: {[`${app.deadLetters}{channel="sms",reason="expired"}`]: '1x100'},
  },
  {
    alert: 'OtpProviderFailing',
    fires: {
      [`${app.sends}{provider="mail",result="accepted"}`]: '0+7x100',
      [`${app.sends}{provider="mail",result="retry"}`]: '0+3x100',
    },
    quiet: {
      [`${app.sends}{provider="mail",result="accepted"}`]: '0+9x100',
      [`${app.sends}{provider="mail",result="retry"}`]: '0+1x100',
    },
  },
  {
    alert: 'OtpProviderBreakerOpen',
    fires: {[`${app.providerBreakerOpen}{provider="mail",pod="a"}`]: '1x100'},
    quiet: {[`${app.providerBreakerOpen}{provider="mail",pod="a"}`]: '0x100'},
  },
  {
    alert: 'OtpAutoscalerAtCeiling',
    fires: {
      [`${kubernetes.autoscalerNow}{horizontalpodautoscaler="otp-app"}`]: '10x100',
      [`${kubernetes.autoscalerMax}{horizontalpodautoscaler="otp-app"}`]: '10x100',
    },
    quiet: {
      [`${kubernetes.autoscalerNow}{horizontalpodautoscaler="otp-app"}`]: '9x100',
      [`${kubernetes.autoscalerMax}{horizontalpodautoscaler="otp-app"}`]: '10x100',
    },
  },
  {
    alert: 'OtpScheduledRunFailed',
    fires: {
      [owned('1')]: '1x100',
      [`${kubernetes.jobStarted}{${job('1')}}`]: '600x100',
      [`${kubernetes.jobFailed}{${job('1')},reason="BackoffLimitExceeded"}`]: '1x100',
      [`${kubernetes.cronSucceeded}{cronjob="otp-load-smoke"}`]: '300x100',
    },
    // It has succeeded since.
    quiet: {
      [owned('1')]: '1x100',
      [`${kubernetes.jobStarted}{${job('1')}}`]: '600x100',
      [`${kubernetes.jobFailed}{${job('1')},reason="BackoffLimitExceeded"}`]: '1x100',
      [`${kubernetes.cronSucceeded}{cronjob="otp-load-smoke"}`]: '900x100',
    },
  },
  {
    alert: 'OtpScheduledRunMissing',
    fires: {[`${kubernetes.cronNext}{cronjob="otp-load-smoke"}`]: '300x100'},
    quiet: {[`${kubernetes.cronNext}{cronjob="otp-load-smoke"}`]: '900x100'},
  },
];
