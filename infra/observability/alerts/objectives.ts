import {appMetrics} from '../metrics.ts';
import type {Alert, Recording, Severity} from './alert.ts';

/** The service level objectives over 30 days: answers that are no fault of ours, and answers within half a second. */
const objective = 0.999;
const slowSeconds = 0.5;
const budget = Number((1 - objective).toFixed(6));

const requests = appMetrics.requests;
/** Of requests to the API: probes and scheduled load count as well as anybody's, the development pages do not exist. */
const api = '@ns@,route=~"/v1/.*"';

interface Indicator {
  readonly name: 'Error' | 'Latency';
  readonly record: string;
  /** Share of bad events over a window. */
  readonly ratio: (window: string) => string;
  readonly means: string;
}

const indicators: readonly Indicator[] = [
  {
    name: 'Error',
    record: 'otp:api_errors:ratio',
    ratio: (window) =>
      `sum(rate(${requests}_count{${api},status=~"5.."}[${window}])) / sum(rate(${requests}_count{${api}}[${window}]))`,
    means: 'of API requests fail with 5xx',
  },
  {
    name: 'Latency',
    record: 'otp:api_slow:ratio',
    ratio: (window) =>
      `1 - sum(rate(${requests}_bucket{${api},le="${slowSeconds}"}[${window}])) / sum(rate(${requests}_count{${api}}[${window}]))`,
    means: `of API requests take longer than ${slowSeconds} s`,
  },
];

/** Pairs of windows (Google SRE Workbook, chapter 5): the long one says that it matters, the short one that it goes on. */
const burns: readonly {
  readonly factor: number;
  readonly long: string;
  readonly short: string;
  readonly severity: Severity;
}[] = [
  {factor: 14.4, long: '1h', short: '5m', severity: 'page'},
  {factor: 6, long: '6h', short: '30m', severity: 'page'},
  {factor: 3, long: '1d', short: '2h', severity: 'ticket'},
  {factor: 1, long: '3d', short: '6h', severity: 'ticket'},
];

export const objectiveRecordings: readonly Recording[] = indicators.flatMap(({record, ratio}) =>
  [...new Set(burns.flatMap(({long, short}) => [long, short]))].map((window) => ({
    record: `${record}_rate${window}`,
    expr: ratio(window),
  })),
);

export const objectiveAlerts: readonly Alert[] = indicators.flatMap(({name, record, means}) =>
  burns.map(({factor, long, short, severity}) => ({
    name: `Otp${name}BudgetBurn`,
    severity,
    labels: {window: long},
    expr: [long, short]
      .map((window) => `${record}_rate${window}{@ns@} > ${Number((factor * budget).toFixed(6))}`)
      .join(' and '),
    summary: `{{ $value | humanizePercentage }} ${means} over ${long}: the budget of 30 days burns ${factor} times too fast`,
  })),
);
