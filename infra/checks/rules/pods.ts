import {at, containersOf, ofKind, selects, workloadsOf} from '../manifests.ts';
import type {Rule} from '../rule.ts';

const wanted = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
} as const;

export const hardened: Rule = {
  name: 'every container satisfies Pod Security "restricted" by itself',
  findings: ({manifests}) =>
    workloadsOf(manifests).flatMap((workload) => [
      ...(Reflect.get(Object(workload.pod.securityContext?.seccompProfile), 'type') === 'RuntimeDefault'
        ? []
        : [`${workload.name}: seccompProfile is not RuntimeDefault`]),
      ...containersOf(workload).flatMap(({name, securityContext}) => {
        const wrong = Object.entries(wanted)
          .filter(([key, value]) => securityContext?.[key] !== value)
          .map(([key, value]) => `${key} is ${securityContext?.[key]}, not ${value}`);
        const dropped: unknown = Reflect.get(Object(securityContext?.capabilities), 'drop');
        if (!Array.isArray(dropped) || !dropped.includes('ALL')) wrong.push('not all capabilities are dropped');
        return wrong.map((text) => `${workload.name}/${name}: ${text}`);
      }),
    ]),
};

export const bounded: Rule = {
  name: 'every container asks for CPU and memory and has a memory limit',
  findings: ({manifests}) =>
    workloadsOf(manifests).flatMap((workload) =>
      containersOf(workload).flatMap(({name, resources}) =>
        [
          ['requests.cpu', resources?.requests?.cpu],
          ['requests.memory', resources?.requests?.memory],
          ['limits.memory', resources?.limits?.memory],
        ].flatMap(([path, value]) => (value === undefined ? [`${workload.name}/${name}: no ${path}`] : [])),
      ),
    ),
};

export const probed: Rule = {
  name: 'every container that stays has the three probes, and is not killed for what only unreadies it',
  findings: ({manifests}) =>
    workloadsOf(manifests)
      .filter(({kind}) => kind !== 'CronJob')
      .flatMap(({name: workload, pod}) =>
        pod.containers.flatMap(({name, startupProbe, readinessProbe, livenessProbe}) => {
          const missing = Object.entries({startupProbe, readinessProbe, livenessProbe})
            .filter(([, probe]) => probe === undefined)
            .map(([probe]) => `${workload}/${name}: no ${probe}`);
          const question = (probe: object | undefined) =>
            JSON.stringify([Reflect.get(Object(probe), 'httpGet'), Reflect.get(Object(probe), 'exec')]);
          const same = livenessProbe !== undefined && question(livenessProbe) === question(readinessProbe);
          return same ? [...missing, `${workload}/${name}: livenessProbe asks what readinessProbe asks`] : missing;
        }),
      ),
};

export const pinned: Rule = {
  name: 'every image has a tag or digest, and none is "latest"',
  findings: ({manifests}) =>
    workloadsOf(manifests).flatMap((workload) =>
      containersOf(workload)
        .filter(({image}) => !/(:(?!latest$)[\w.-]+|@sha256:[a-f0-9]{64})$/.test(image ?? ''))
        .map(({name, image}) => `${workload.name}/${name}: image ${image}`),
    ),
};

export const drainable: Rule = {
  name: 'every workload that stays has a disruption budget that lets one pod go',
  findings: ({manifests}) =>
    workloadsOf(manifests)
      // One pod alone: a budget would forbid every drain.
      .filter(({kind, manifest}) => kind !== 'CronJob' && at(manifest, 'spec.replicas') !== 1)
      .filter(
        ({labels}) =>
          !ofKind(manifests, 'PodDisruptionBudget').some(
            (budget) =>
              selects(at(budget, 'spec.selector.matchLabels') ?? {}, labels) && at(budget, 'spec.maxUnavailable') === 1,
          ),
      )
      .map(({name}) => `${name}: no PodDisruptionBudget with maxUnavailable 1 selects it`),
};

export const autoscaled: Rule = {
  name: 'who is scaled by an autoscaler has no number of replicas, and at least two of them',
  findings: ({manifests}) =>
    ofKind(manifests, 'HorizontalPodAutoscaler').flatMap((autoscaler) => {
      const {kind, name} = at<{kind: string; name: string}>(autoscaler, 'spec.scaleTargetRef') ?? {};
      const target = manifests.find((each) => each.kind === kind && each.metadata.name === name);
      if (target === undefined) return [`${autoscaler.metadata.name}: its target ${kind} ${name} is not there`];
      return [
        ...(at(target, 'spec.replicas') === undefined
          ? []
          : [`${name}: replicas ${at(target, 'spec.replicas')} beside an autoscaler`]),
        ...(Number(at(autoscaler, 'spec.minReplicas')) >= 2
          ? []
          : [`${name}: minReplicas ${at(autoscaler, 'spec.minReplicas')}`]),
      ];
    }),
};
