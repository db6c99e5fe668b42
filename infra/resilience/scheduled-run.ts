import {CronJobV1} from '@cdktf/provider-kubernetes/lib/cron-job-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels} from '../lib/labels.ts';
import {literalValues} from '../lib/literal.ts';
import {componentName} from '../lib/names.ts';
import {secretMounts, secretVolumes} from '../workload/secret-volumes.ts';
import {containerSecurity, podSecurity, uids} from '../workload/security.ts';
import {chaosPodResources, loadPodResources} from './resources.ts';
import type {Run} from './runs.ts';
import {jobSecretFiles, jobSettings, writableFolders} from './settings.ts';

export interface ScheduledRunProps {
  readonly environmentName: string;
  readonly environment: Environment;
  readonly run: Run;
}

export const cronJobName = ({component, name}: Pick<Run, 'component' | 'name'>) =>
  `${componentName(component)}-${name}`;

/** One run at a time, ended at its deadline, never repeated by itself: a failed run is a finding, not an accident. */
export class ScheduledRun extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment, run}: ScheduledRunProps) {
    super(scope, id);
    const {namespace, images, resilience} = environment;
    const {component, schedule, disruptive, deadlineSeconds, command} = run;
    const labels = {...componentLabels(environmentName, component), 'otp/run': run.name};
    const secrets = jobSecretFiles(environment);
    const resources = component === 'load' ? loadPodResources : chaosPodResources;

    new CronJobV1(this, 'schedule', {
      metadata: {name: cronJobName(run), namespace, labels},
      spec: {
        schedule,
        // Not Etc/UTC: a program without a time zone database (kube-state-metrics from scratch) fails on any other name.
        timezone: 'UTC',
        suspend: disruptive && !resilience.window.open,
        concurrencyPolicy: 'Forbid',
        // A run that could not start within 5 min is left out: the next one, or the alert for a missing one, comes.
        startingDeadlineSeconds: 300,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: {labels},
          spec: {
            backoffLimit: 0,
            activeDeadlineSeconds: deadlineSeconds,
            // A week: the log of a night's run is still there after a long week-end.
            ttlSecondsAfterFinished: String(7 * 24 * 3600),
            template: {
              metadata: {labels},
              spec: {
                restartPolicy: 'Never',
                serviceAccountName: componentName(component),
                // Chaos asks the API server for its faults; load asks it for nothing.
                automountServiceAccountToken: component === 'chaos',
                enableServiceLinks: false,
                securityContext: podSecurity(environment, uids.ops),
                // A run heals what it broke before it ends.
                terminationGracePeriodSeconds: 120,
                imagePullSecrets: images.pullSecrets.map((secret) => ({name: secret})),
                container: [
                  {
                    name: component,
                    image: images.ops,
                    imagePullPolicy: images.pullPolicy,
                    command: [...command],
                    env: Object.entries(literalValues(jobSettings(environment))).map(([name, value]) => ({
                      name,
                      value,
                    })),
                    securityContext: containerSecurity,
                    resources: {
                      requests: {cpu: `${resources.cpuRequestMillis}m`, memory: `${resources.memoryRequestMiB}Mi`},
                      limits: {memory: `${resources.memoryLimitMiB}Mi`},
                    },
                    volumeMount: [
                      ...Object.entries(writableFolders).map(([name, mountPath]) => ({name, mountPath})),
                      ...secretMounts(secrets),
                    ],
                  },
                ],
                volume: [
                  ...Object.keys(writableFolders).map((name) => ({name, emptyDir: {sizeLimit: '64Mi'}})),
                  ...secretVolumes(secrets),
                ],
              },
            },
          },
        },
      },
    });
  }
}
