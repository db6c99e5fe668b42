import {describe, expect, it} from 'vitest';
import {later} from '../infra/resilience/runs.ts';
import {at, environmentFrom, list, synthesise, withScheduledRuns} from './testing.ts';

const minimal = `context: a\nnamespace: b\n${withScheduledRuns}`;
const synthesised = synthesise(environmentFrom(minimal));
const jobs = new Map(
  synthesised.of('kubernetes_cron_job_v1').map((body) => [String(at(body, 'metadata.name')), at(body, 'spec')]),
);
const pod = (name: string) => at(jobs.get(name), 'job_template.spec.template.spec');

describe('scheduled runs', () => {
  it('are the loads and the scenarios, each by its own name', () => {
    expect([...jobs.keys()]).toEqual([
      'otp-chaos-delete-master',
      'otp-chaos-heal',
      'otp-chaos-kill-master',
      'otp-chaos-redis-outage',
      'otp-load-smoke',
      'otp-load-stress',
    ]);
  });

  it.each([...jobs])('%s: one at a time, with a deadline, and never a second attempt', (_name, spec) => {
    expect(spec).toMatchObject({concurrency_policy: 'Forbid', starting_deadline_seconds: 300, timezone: 'UTC'});
    expect(at(spec, 'job_template.spec')).toMatchObject({backoff_limit: 0});
    expect(Number(at(spec, 'job_template.spec.active_deadline_seconds'))).toBeGreaterThan(0);
    expect(at(spec, 'job_template.spec.template.spec.restart_policy')).toBe('Never');
  });

  it('of stress and chaos wait until the environment opens a window; the smoke load and what heals do not', () => {
    const suspended = (yaml: string) =>
      synthesise(environmentFrom(yaml))
        .of('kubernetes_cron_job_v1')
        .filter((job) => String(at(job, 'spec.suspend')) === 'true')
        .map((job) => String(at(job, 'metadata.name')));
    expect(suspended(minimal)).toEqual(
      [...jobs.keys()].filter((name) => !['otp-load-smoke', 'otp-chaos-heal'].includes(name)),
    );
    expect(suspended(minimal.replace('enabled: true', 'enabled: true, window: {open: true}'))).toEqual([]);
  });

  it('speak HTTPS to the Service, verified, with a key from a file', () => {
    expect(list(pod('otp-load-smoke'), 'container.0.command')).toEqual(
      expect.arrayContaining(['smoke', '--url', 'https://otp-app.b.svc', '--codes', 'answer']),
    );
    const env = Object.fromEntries(
      list(pod('otp-load-smoke'), 'container.0.env').map(({name, value}) => [name, value]),
    );
    expect(env).toMatchObject({
      OTP_API_KEY_FILE: '/run/secrets/otp/api-key-load/api-key',
      SSL_CERT_FILE: '/run/secrets/otp/app-tls/ca.crt',
    });
  });

  it('start one after another, so that each finds full redundancy', () => {
    const starts = [...jobs]
      .filter(([name]) => /chaos-(?!heal)/.test(name))
      .map(([, spec]) => String(at(spec, 'schedule')));
    expect(starts).toEqual(['0 3 * * 3', '30 3 * * 3', '0 4 * * 3']);
    expect(later('50 23 * * *', 30)).toBe('20 0 * * *');
    expect(later('*/5 3 * * *', 30)).toBe('*/5 3 * * *');
  });

  it('of load have no token; those of chaos may do what their Role says, in this namespace alone', () => {
    expect(String(at(pod('otp-load-smoke'), 'automount_service_account_token'))).toBe('false');
    expect(String(at(pod('otp-chaos-kill-master'), 'automount_service_account_token'))).toBe('true');
    expect(synthesised.text).not.toContain('cluster_role');
    const rules = list(synthesised.of('kubernetes_role_v1')[0], 'rule').map((rule) => JSON.stringify(rule));
    for (const rule of rules) expect(rule).not.toMatch(/secrets|"\*"|nodes/);
  });

  it('that are not wanted leave nothing: no job, no Role, no way in', () => {
    const {stacks} = synthesise(environmentFrom('context: a\nnamespace: b\n'));
    expect(stacks.resilience).not.toHaveProperty('resource');
  });

  it('count in the quota', () => {
    const without = synthesise(environmentFrom('context: a\nnamespace: b\n'));
    const pods = ({of}: typeof without) => Number(at(of('kubernetes_resource_quota_v1')[0], 'spec.hard.pods'));
    expect(pods(synthesised)).toBe(pods(without) + 3);
  });
});
