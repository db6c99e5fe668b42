import {appMetrics as app} from '../metrics.ts';
import type {Alert} from './alert.ts';

const created = (window: string) =>
  `sum by (channel) (increase(${app.verifications}{@ns@,event="created",policy!="load"}[${window}]))`;
const approved = (window: string) =>
  `sum by (channel) (increase(${app.verifications}{@ns@,event="approved",policy!="load"}[${window}]))`;

/** What becomes of messages, and whether people are at the other end. */
export const deliveryAlerts: readonly Alert[] = [
  {
    name: 'OtpOutboxOld',
    severity: 'page',
    for: '1m',
    // A minute of a code's usual five: what waits longer arrives too late to be typed in.
    expr: `max(${app.outboxOldestAge}{@ns@}) > 60`,
    summary: 'A message has waited {{ $value | humanizeDuration }} for a provider',
  },
  {
    name: 'OtpDeadLetters',
    severity: 'ticket',
    expr: `sum by (channel, reason) (increase(${app.deadLetters}{@ns@}[15m])) > 0`,
    summary:
      '{{ $value | humanize }} messages over {{ $labels.channel }} were given up in 15 min: {{ $labels.reason }}',
  },
  {
    name: 'OtpProviderFailing',
    severity: 'ticket',
    for: '5m',
    expr: `sum by (provider) (rate(${app.sends}{@ns@,result!="accepted"}[10m])) / sum by (provider) (rate(${app.sends}{@ns@}[10m])) > 0.2`,
    summary: '{{ $value | humanizePercentage }} of what {{ $labels.provider }} is given does not get through',
  },
  {
    name: 'OtpProviderBreakerOpen',
    severity: 'ticket',
    for: '2m',
    expr: `sum by (provider) (${app.providerBreakerOpen}{@ns@}) > 0`,
    summary: '{{ $value }} pods have given up on {{ $labels.provider }} for now',
  },
  {
    name: 'OtpConversionDrop',
    severity: 'ticket',
    for: '15m',
    // SMS pumping asks for codes and types none in: half of the day's rate, with enough of them to mean something.
    expr: `(${approved('1h')} / ${created('1h')}) < 0.5 * (${approved('1d')} / ${created('1d')}) and ${created('1h')} > 50`,
    summary:
      'Only {{ $value | humanizePercentage }} of the codes over {{ $labels.channel }} are typed in, half of the usual share or less',
  },
];
