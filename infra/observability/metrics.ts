/**
 * Every metric that rules and dashboards go by, once. A test compares the service's with what a started service really
 * answers; those of redis_exporter and kube-state-metrics are theirs to name.
 */
export const appMetrics = {
  requests: 'otp_http_request_duration_seconds',
  verifications: 'otp_verifications_total',
  storeDuration: 'otp_store_operation_duration_seconds',
  storeErrors: 'otp_store_errors_total',
  storeBreakerOpen: 'otp_store_breaker_open',
  groupCommitSize: 'otp_group_commit_size',
  unreplicated: 'otp_store_unreplicated_total',
  lineageLost: 'otp_store_lineage_lost_total',
  fallbackActive: 'otp_fallback_active',
  fallbackVerifications: 'otp_fallback_verifications',
  peerRequests: 'otp_peer_requests_total',
  sends: 'otp_provider_sends_total',
  providerBreakerOpen: 'otp_provider_breaker_open',
  outboxMessages: 'otp_outbox_messages',
  outboxOldestAge: 'otp_outbox_oldest_age_seconds',
  deadLetters: 'otp_dead_letters_total',
  lockouts: 'otp_lockouts_total',
  rateLimited: 'otp_rate_limited_total',
  certificateExpiry: 'otp_certificate_expiry_timestamp_seconds',
} as const;

/** redis_exporter 1.45 and later. */
export const redisMetrics = {
  up: 'redis_up',
  instance: 'redis_instance_info',
  replicas: 'redis_connected_slaves',
  replicaLag: 'redis_connected_slave_lag_seconds',
  linkUp: 'redis_master_link_up',
  memoryUsed: 'redis_memory_used_bytes',
  memoryMax: 'redis_memory_max_bytes',
  evicted: 'redis_evicted_keys_total',
  errors: 'redis_errors_total',
  commands: 'redis_commands_processed_total',
  sentinels: 'redis_sentinel_master_ok_sentinels',
} as const;

/** kube-state-metrics 2. */
export const kubernetesMetrics = {
  autoscalerNow: 'kube_horizontalpodautoscaler_status_current_replicas',
  autoscalerMax: 'kube_horizontalpodautoscaler_spec_max_replicas',
  jobFailed: 'kube_job_status_failed',
  jobStarted: 'kube_job_status_start_time',
  jobOwner: 'kube_job_owner',
  cronNext: 'kube_cronjob_next_schedule_time',
  cronSucceeded: 'kube_cronjob_status_last_successful_time',
} as const;

/** Of Prometheus itself: whether a scrape succeeded. */
export const scrapeMetrics = {up: 'up'} as const;
