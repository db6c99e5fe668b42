import {kubernetesMetrics as kubernetes} from '../metrics.ts';
import type {Alert} from './alert.ts';

const jobs = '@ns@,job_name=~"otp-(load|chaos)-.*"';
/** When the last failed run of each CronJob started. */
const lastFailure = `max by (owner_name) (max by (job_name) (${kubernetes.jobStarted}{${jobs}}) * on (job_name) group_left (owner_name) max by (job_name, owner_name) (${kubernetes.jobOwner}{${jobs},owner_kind="CronJob"}) and on (job_name) (sum by (job_name) (${kubernetes.jobFailed}{${jobs}}) > 0))`;
const lastSuccess = `max by (owner_name) (label_replace(${kubernetes.cronSucceeded}{@ns@}, "owner_name", "$1", "cronjob", "(.*)"))`;

/** What Kubernetes knows of the installation. */
export const operationsAlerts: readonly Alert[] = [
  {
    name: 'OtpAutoscalerAtCeiling',
    severity: 'ticket',
    for: '10m',
    expr: `max(${kubernetes.autoscalerNow}{@ns@,horizontalpodautoscaler="otp-app"}) >= max(${kubernetes.autoscalerMax}{@ns@,horizontalpodautoscaler="otp-app"})`,
    summary: 'The autoscaler has been at its highest number of pods, {{ $value }}, for 10 min',
  },
  {
    name: 'OtpScheduledRunFailed',
    severity: 'ticket',
    expr: `time() - (${lastFailure} unless on (owner_name) (${lastSuccess} > on (owner_name) ${lastFailure}))`,
    summary: '{{ $labels.owner_name }} failed {{ $value | humanizeDuration }} ago and has not succeeded since',
    needs: 'scheduled runs',
  },
  {
    name: 'OtpScheduledRunMissing',
    severity: 'ticket',
    // A suspended schedule has no next time; a minute or two late is a busy scheduler.
    expr: `time() - max by (cronjob) (${kubernetes.cronNext}{@ns@,cronjob=~"otp-(load|chaos)-.*"}) > 600`,
    summary: '{{ $labels.cronjob }} should have started {{ $value | humanizeDuration }} ago',
    needs: 'scheduled runs',
  },
];
