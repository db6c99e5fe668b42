import {Counter, collectDefaultMetrics, Gauge, Histogram, Registry} from 'prom-client';
import type {Outbox} from './delivery/outbox.ts';

/** Names a metric once, for the service, its alerts and its dashboards. */
const metricNames = {
  requests: 'otp_http_request_duration_seconds',
  verifications: 'otp_verifications_total',
  store: 'otp_store_operation_duration_seconds',
  storeErrors: 'otp_store_errors_total',
  lockouts: 'otp_lockouts_total',
  rateLimited: 'otp_rate_limited_total',
  certificateExpiry: 'otp_certificate_expiry_timestamp_seconds',
  groupCommitSize: 'otp_group_commit_size',
  unreplicated: 'otp_store_unreplicated_total',
  lineageLost: 'otp_store_lineage_lost_total',
  sends: 'otp_provider_sends_total',
  breakers: 'otp_provider_breaker_open',
  outboxMessages: 'otp_outbox_messages',
  outboxAge: 'otp_outbox_oldest_age_seconds',
  deadLetters: 'otp_dead_letters_total',
  storeBreaker: 'otp_store_breaker_open',
  fallbackActive: 'otp_fallback_active',
  fallbackVerifications: 'otp_fallback_verifications',
  peerRequests: 'otp_peer_requests_total',
  events: 'otp_events_total',
} as const;

/** The service's metrics, in a registry of their own. Every label has a bounded set of values. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({register: registry});
  const registers = [registry];
  const outboxes: Pick<Outbox, 'depth'>[] = [];
  // Without its store an outbox cannot tell: rather no value than an old one.
  const depths = async () =>
    (await Promise.allSettled(outboxes.map((outbox) => outbox.depth()))).flatMap((depth) =>
      depth.status === 'fulfilled' ? [depth.value] : [],
    );
  new Gauge({
    name: metricNames.outboxMessages,
    help: 'Messages that are still to be handed to a provider, of all processes that share the store',
    registers,
    async collect() {
      const known = await depths();
      if (known.length < outboxes.length) this.remove();
      else this.set(known.reduce((sum, {messages}) => sum + messages, 0));
    },
  });
  new Gauge({
    name: metricNames.outboxAge,
    help: 'Age of the oldest of these messages; 0 without any',
    registers,
    async collect() {
      const known = await depths();
      if (known.length < outboxes.length) this.remove();
      else this.set(Math.max(0, ...known.map(({oldestAgeMs}) => oldestAgeMs / 1000)));
    },
  });
  return {
    registry,
    requests: new Histogram({
      name: metricNames.requests,
      help: 'Time to answer a request, by route and outcome',
      labelNames: ['method', 'route', 'status', 'outcome'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    verifications: new Counter({
      name: metricNames.verifications,
      help: 'What became of verifications, by policy and channel',
      labelNames: ['policy', 'channel', 'event'] as const,
      registers,
    }),
    lockouts: new Counter({
      name: metricNames.lockouts,
      help: 'Wrong checks after which a recipient has to wait for another code, or is blocked, by policy',
      labelNames: ['policy'] as const,
      registers,
    }),
    rateLimited: new Counter({
      name: metricNames.rateLimited,
      help: 'Creations that a rate limit refused, by limit',
      labelNames: ['limit'] as const,
      registers,
    }),
    certificateExpiry: new Gauge({
      name: metricNames.certificateExpiry,
      help: 'When the certificate that a listener serves with ends, in seconds since 1970',
      labelNames: ['listener'] as const,
      registers,
    }),
    store: new Histogram({
      name: metricNames.store,
      help: 'Time of an operation of the store',
      labelNames: ['operation'] as const,
      buckets: [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1],
      registers,
    }),
    storeErrors: new Counter({
      name: metricNames.storeErrors,
      help: 'Failed operations of the store, by what is known of their effect',
      labelNames: ['operation', 'effect'] as const,
      registers,
    }),
    groupCommitSize: new Histogram({
      name: metricNames.groupCommitSize,
      help: 'Scripts that one WAIT for the replicas covers',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    }),
    unreplicated: new Counter({
      name: metricNames.unreplicated,
      help: 'Operations that were done and that too few replicas confirmed in time',
      registers,
    }),
    lineageLost: new Counter({
      name: metricNames.lineageLost,
      help: 'Answers that a code is lost because another server has taken over that may lack what was done last',
      registers,
    }),
    storeBreaker: new Gauge({
      name: metricNames.storeBreaker,
      help: '1 while the store, or a part of it, counts as away',
      registers,
    }),
    fallbackActive: new Gauge({
      name: metricNames.fallbackActive,
      help: '1 while this process stands in for the store, or still holds verifications that have to go there',
      registers,
    }),
    fallbackVerifications: new Gauge({
      name: metricNames.fallbackVerifications,
      help: 'Verifications that this process holds for the store',
      registers,
    }),
    peerRequests: new Counter({
      name: metricNames.peerRequests,
      help: 'Calls of peers, by what is known of their effect',
      labelNames: ['operation', 'result'] as const,
      registers,
    }),
    sends: new Counter({
      name: metricNames.sends,
      help: 'Attempts to hand a message to a provider',
      labelNames: ['provider', 'result'] as const,
      registers,
    }),
    breakers: new Gauge({
      name: metricNames.breakers,
      help: 'Whether a provider is left alone after failures in a row (1), by provider',
      labelNames: ['provider'] as const,
      registers,
    }),
    deadLetters: new Counter({
      name: metricNames.deadLetters,
      help: 'Messages that were given up, by channel and reason',
      labelNames: ['channel', 'reason'] as const,
      registers,
    }),
    events: new Counter({
      name: metricNames.events,
      help: 'Events that clients are told of, by what became of an attempt',
      labelNames: ['event', 'result'] as const,
      registers,
    }),
    /** Tells with each scrape what waits in an outbox; together, if there are several. */
    observe(outbox: Pick<Outbox, 'depth'>): void {
      outboxes.push(outbox);
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
