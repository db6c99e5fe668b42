import {appMetrics as app} from '../metrics.ts';
import type {Dashboard} from './panel.ts';

const ns = 'namespace="$namespace"';
const api = `${ns},route=~"/v1/.*"`;

export const serviceDashboard: Dashboard = {
  name: 'service',
  title: 'OTP Service',
  panels: [
    {
      title: 'Requests by outcome',
      unit: 'reqps',
      queries: [{expr: `sum by (outcome) (rate(${app.requests}_count{${api}}[5m]))`, legend: '{{outcome}}'}],
    },
    {
      title: 'Error and slow share (objective 0.1 %)',
      unit: 'percentunit',
      queries: [
        {expr: `otp:api_errors:ratio_rate5m{${ns}}`, legend: '5xx'},
        {expr: `otp:api_slow:ratio_rate5m{${ns}}`, legend: 'slower than 0.5 s'},
      ],
    },
    {
      title: 'Time to answer',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, sum by (le) (rate(${app.requests}_bucket{${api}}[5m])))`,
        legend: `p${quantile * 100}`,
      })),
    },
    {
      title: 'Verifications',
      unit: 'short',
      queries: [
        {expr: `sum by (channel, event) (rate(${app.verifications}{${ns}}[5m]))`, legend: '{{channel}} {{event}}'},
      ],
    },
    {
      title: 'Conversion',
      unit: 'percentunit',
      queries: [
        {
          expr: `sum by (channel) (increase(${app.verifications}{${ns},event="approved"}[1h])) / sum by (channel) (increase(${app.verifications}{${ns},event="created"}[1h]))`,
          legend: '{{channel}}',
        },
      ],
    },
    {
      title: 'Pods without Redis',
      unit: 'short',
      queries: [
        {expr: `sum(${app.fallbackActive}{${ns}})`, legend: 'fallback'},
        {expr: `sum(${app.storeBreakerOpen}{${ns}})`, legend: 'breaker open'},
        {expr: `sum(${app.fallbackVerifications}{${ns}})`, legend: 'verifications in memory'},
      ],
    },
    {
      title: 'Calls between pods',
      unit: 'short',
      queries: [
        {expr: `sum by (operation, result) (rate(${app.peerRequests}{${ns}}[5m]))`, legend: '{{operation}} {{result}}'},
      ],
    },
    {
      title: 'Messages waiting',
      unit: 'short',
      queries: [{expr: `sum(${app.outboxMessages}{${ns}})`, legend: 'messages'}],
    },
    {
      title: 'Age of the oldest message',
      unit: 's',
      queries: [{expr: `max(${app.outboxOldestAge}{${ns}})`, legend: 'oldest'}],
    },
    {
      title: 'Providers',
      unit: 'short',
      queries: [{expr: `sum by (provider, result) (rate(${app.sends}{${ns}}[5m]))`, legend: '{{provider}} {{result}}'}],
    },
    {
      title: 'Given up',
      unit: 'short',
      queries: [
        {expr: `sum by (channel, reason) (increase(${app.deadLetters}{${ns}}[15m]))`, legend: '{{channel}} {{reason}}'},
      ],
    },
    {
      title: 'Locked and limited',
      unit: 'short',
      queries: [
        {expr: `sum by (policy) (rate(${app.lockouts}{${ns}}[5m]))`, legend: 'locked {{policy}}'},
        {expr: `sum by (limit) (rate(${app.rateLimited}{${ns}}[5m]))`, legend: 'limit {{limit}}'},
      ],
    },
  ],
};
