import {appMetrics as app, scrapeMetrics} from '../metrics.ts';
import type {Alert} from './alert.ts';

/** The service and its store, as the service sees it. */
export const serviceAlerts: readonly Alert[] = [
  {
    name: 'OtpNoPods',
    severity: 'page',
    for: '1m',
    expr: `(sum(${scrapeMetrics.up}{@ns@,part="app"}) or vector(0)) < 1`,
    summary: '{{ $value }} pods of the service can be scraped',
  },
  {
    name: 'OtpFallbackActive',
    severity: 'page',
    for: '1m',
    expr: `sum(${app.fallbackActive}{@ns@}) > 0`,
    summary: '{{ $value }} pods serve without Redis: codes that lie in Redis cannot be checked',
  },
  {
    name: 'OtpStoreBreakerOpen',
    severity: 'page',
    for: '2m',
    expr: `sum(${app.storeBreakerOpen}{@ns@}) > 0`,
    summary: '{{ $value }} pods have given up on Redis for now',
  },
  {
    name: 'OtpWritesUnreplicated',
    severity: 'ticket',
    for: '5m',
    expr: `sum(rate(${app.unreplicated}{@ns@}[5m])) > 0.1`,
    summary: '{{ $value | humanize }} operations a second are not confirmed by a replica in time',
  },
  {
    name: 'OtpVerificationsLost',
    severity: 'ticket',
    expr: `sum(increase(${app.lineageLost}{@ns@}[10m])) > 0`,
    summary:
      '{{ $value | humanize }} verifications were given up in 10 min, because Redis failed over without a hand-over',
  },
  {
    name: 'OtpLockoutSurge',
    severity: 'ticket',
    for: '10m',
    // At least one a minute, and five times what the day before had: somebody guesses.
    expr: `sum(rate(${app.lockouts}{@ns@}[10m])) > 1 / 60 and sum(rate(${app.lockouts}{@ns@}[10m])) > 5 * sum(rate(${app.lockouts}{@ns@}[1d] offset 1h))`,
    summary: "{{ $value | humanize }} recipients are locked a second, five times yesterday's rate",
  },
  {
    name: 'OtpRateLimitSurge',
    severity: 'ticket',
    for: '10m',
    expr: `sum(rate(${app.rateLimited}{@ns@}[10m])) > 1 and sum(rate(${app.rateLimited}{@ns@}[10m])) > 5 * sum(rate(${app.rateLimited}{@ns@}[1d] offset 1h))`,
    summary: "{{ $value | humanize }} requests a second are refused by a limit, five times yesterday's rate",
  },
  {
    name: 'OtpCertificateExpiring',
    severity: 'ticket',
    for: '1h',
    expr: `min by (listener) (${app.certificateExpiry}{@ns@}) - time() < 14 * 86400`,
    summary: 'The certificate of {{ $labels.listener }} ends in {{ $value | humanizeDuration }}',
  },
  {
    name: 'OtpCertificateExpiring',
    severity: 'page',
    expr: `min by (listener) (${app.certificateExpiry}{@ns@}) - time() < 2 * 86400`,
    summary: 'The certificate of {{ $labels.listener }} ends in {{ $value | humanizeDuration }}',
  },
];
