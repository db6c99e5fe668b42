import type {Environment} from '../environment/schema.ts';

/** A scheduled run: what starts when, and how long it may take. */
export interface Run {
  readonly component: 'load' | 'chaos';
  /** With the component's name in front, the name of the CronJob. */
  readonly name: string;
  /** Of the image `ops`. */
  readonly command: readonly string[];
  readonly schedule: string;
  /** Runs in an open window alone. */
  readonly disruptive: boolean;
  readonly deadlineSeconds: number;
}

/** What is broken on schedule; each is a scenario of chaos/scenarios. */
const scheduledScenarios = ['delete-master', 'kill-master', 'redis-outage'] as const;

/** A scenario takes a few minutes: half an hour apart, the next finds full redundancy again. */
const minutesApart = 30;
const chaosDeadlineSeconds = 20 * 60;
const healDeadlineSeconds = 15 * 60;

export function scheduledRuns({resilience}: Pick<Environment, 'resilience'>, url: string): Run[] {
  const {policy, smokeSchedule, window} = resilience;
  const load = (profile: string) => [
    'node',
    'loadtests/run.ts',
    profile,
    ...['--url', url, '--allow-remote', '--codes', 'answer', '--policy', policy],
  ];
  return [
    {
      component: 'load',
      name: 'smoke',
      command: load('smoke'),
      schedule: smokeSchedule,
      disruptive: false,
      deadlineSeconds: 5 * 60,
    },
    {
      component: 'load',
      name: 'stress',
      command: load('stress'),
      schedule: window.stressSchedule,
      disruptive: true,
      deadlineSeconds: 15 * 60,
    },
    {
      component: 'chaos',
      name: 'heal',
      command: ['node', 'chaos/heal.ts'],
      // For runs by hand too, while no window is open: it only gives back what a run that was killed has taken away.
      schedule: '*/10 * * * *',
      disruptive: false,
      deadlineSeconds: healDeadlineSeconds,
    },
    ...scheduledScenarios.map(
      (scenario, index): Run => ({
        component: 'chaos',
        name: scenario,
        command: ['node', 'chaos/run.ts', scenario, '--executor', 'kubernetes', '--url', url],
        schedule: later(window.chaosSchedule, index * minutesApart),
        disruptive: true,
        deadlineSeconds: chaosDeadlineSeconds,
      }),
    ),
  ];
}

/**
 * A schedule with plain minute and hour, moved within its day.
 * @returns the schedule as it is where minute or hour is a pattern: then runs queue by the Lease that each of them takes.
 */
export function later(schedule: string, minutes: number): string {
  const [minute = '', hour = '', ...rest] = schedule.split(' ');
  if (!/^\d+$/.test(minute) || !/^\d+$/.test(hour)) return schedule;
  const total = (Number(hour) * 60 + Number(minute) + minutes) % (24 * 60);
  return [total % 60, Math.floor(total / 60), ...rest].join(' ');
}
