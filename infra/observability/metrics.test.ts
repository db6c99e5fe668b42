import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type ServiceProcess, startServiceProcess} from '../../app/testing/service-process.ts';
import {appMetrics} from './metrics.ts';

let service: ServiceProcess;
let exposition: string;

beforeAll(async () => {
  service = await startServiceProcess();
  exposition = await (await fetch(service.metricsUrl)).text();
});
afterAll(async () => service[Symbol.asyncDispose]());

describe('the metrics that rules and dashboards go by', () => {
  it.each(Object.values(appMetrics))('%s is in what a started service answers', (name) => {
    expect(exposition).toMatch(new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`, 'm'));
  });
});
