import {
  at,
  containersOf,
  type Labels,
  type Manifest,
  ofKind,
  type Probe,
  selects,
  type Workload,
  workloadsOf,
} from '../manifests.ts';
import type {Rule} from '../rule.ts';

export const fenced: Rule = {
  name: 'every workload has a policy of its own beside the one that denies all',
  findings: ({manifests}) => {
    const policies = ofKind(manifests, 'NetworkPolicy').map((policy) => ({
      selector: at<Labels>(policy, 'spec.podSelector.matchLabels') ?? {},
      types: at<string[]>(policy, 'spec.policyTypes') ?? [],
    }));
    const denied = policies.some(({selector, types}) => Object.keys(selector).length === 0 && types.length === 2);
    const open = workloadsOf(manifests)
      .filter(
        ({labels}) =>
          !policies.some(
            ({selector, types}) => Object.keys(selector).length > 0 && types.length === 2 && selects(selector, labels),
          ),
      )
      .map(({name}) => `${name}: no NetworkPolicy for both directions selects it`);
    return denied ? open : ['nothing denies all traffic by default', ...open];
  },
};

const selectorPaths: Readonly<Record<string, string>> = {
  Service: 'spec.selector',
  PodDisruptionBudget: 'spec.selector.matchLabels',
  PodMonitor: 'spec.selector.matchLabels',
  Deployment: 'spec.selector.matchLabels',
  StatefulSet: 'spec.selector.matchLabels',
};

export const selecting: Rule = {
  name: 'every selector selects pods that there are',
  findings: ({manifests}) => {
    const workloads = workloadsOf(manifests);
    return manifests.flatMap((manifest) => {
      const path = selectorPaths[manifest.kind];
      if (path === undefined) return [];
      const selector = at<Labels>(manifest, path) ?? {};
      const selected = workloads.filter(({labels}) => matches(selector, labels));
      const named = `${manifest.kind} ${manifest.metadata.name}`;
      if (Object.keys(selector).length === 0) return [`${named}: no selector`];
      if (selected.length === 0) return [`${named}: its selector ${JSON.stringify(selector)} selects no pod`];
      return [];
    });
  },
};

/** A StatefulSet's pods bear their own name as well, which no template shows. */
const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const matches = (selector: Labels, labels: Labels) => {
  const {[podNameLabel]: _podName, ...rest} = selector;
  return selects(rest, labels);
};

export const listening: Rule = {
  name: 'every port that is named or numbered elsewhere exists in the pods that it is about',
  findings: ({manifests}) => {
    const workloads = workloadsOf(manifests);
    return [
      ...workloads.flatMap(probePorts),
      ...ofKind(manifests, 'Service').flatMap((service) => servicePorts(service, workloads)),
      ...ofKind(manifests, 'PodMonitor').flatMap((monitor) => monitorPorts(monitor, workloads)),
      ...ofKind(manifests, 'Ingress').flatMap((ingress) => ingressPorts(ingress, manifests)),
      ...ofKind(manifests, 'HTTPRoute').flatMap((route) => routePorts(route, manifests)),
    ];
  },
};

const hasPort = (workload: Workload, port: unknown) =>
  containersOf(workload).some(({ports = []}) =>
    ports.some(({name, containerPort}) => name === port || containerPort === port),
  );

function probePorts(workload: Workload): string[] {
  return containersOf(workload).flatMap((container) =>
    [container.startupProbe, container.readinessProbe, container.livenessProbe].flatMap((probe: Probe | undefined) => {
      const port = probe?.httpGet?.port;
      const known = (container.ports ?? []).some(({name, containerPort}) => name === port || containerPort === port);
      return port === undefined || known ? [] : [`${workload.name}/${container.name}: a probe asks port ${port}`];
    }),
  );
}

function servicePorts(service: Manifest, workloads: readonly Workload[]): string[] {
  const selector = at<Labels>(service, 'spec.selector') ?? {};
  const ports = at<{port: number; targetPort?: string | number}[]>(service, 'spec.ports') ?? [];
  return workloads
    .filter(({labels}) => matches(selector, labels))
    .flatMap((workload) =>
      ports
        .filter(({port, targetPort = port}) => !hasPort(workload, targetPort))
        .map(
          ({port, targetPort = port}) => `Service ${service.metadata.name}: ${workload.name} has no port ${targetPort}`,
        ),
    );
}

function monitorPorts(monitor: Manifest, workloads: readonly Workload[]): string[] {
  const selector = at<Labels>(monitor, 'spec.selector.matchLabels') ?? {};
  const endpoints = at<{port: string}[]>(monitor, 'spec.podMetricsEndpoints') ?? [];
  return workloads
    .filter(({labels}) => selects(selector, labels))
    .flatMap((workload) =>
      endpoints
        .filter(({port}) => !hasPort(workload, port))
        .map(({port}) => `PodMonitor ${monitor.metadata.name}: ${workload.name} has no port ${port}`),
    );
}

const serviceHasPort = (manifests: readonly Manifest[], name: string, port: unknown) =>
  ofKind(manifests, 'Service').some(
    (service) =>
      service.metadata.name === name &&
      (at<{name?: string; port: number}[]>(service, 'spec.ports') ?? []).some(
        (each) => each.name === port || each.port === port,
      ),
  );

function ingressPorts(ingress: Manifest, manifests: readonly Manifest[]): string[] {
  type Path = {backend: {service: {name: string; port: {name?: string; number?: number}}}};
  const rules = at<{http: {paths: Path[]}}[]>(ingress, 'spec.rules') ?? [];
  return rules
    .flatMap(({http}) => http.paths.map(({backend}) => backend.service))
    .filter(({name, port}) => !serviceHasPort(manifests, name, port.name ?? port.number))
    .map(({name, port}) => `Ingress ${ingress.metadata.name}: Service ${name} has no port ${port.name ?? port.number}`);
}

function routePorts(route: Manifest, manifests: readonly Manifest[]): string[] {
  const rules = at<{backendRefs: {name: string; port: number}[]}[]>(route, 'spec.rules') ?? [];
  return rules
    .flatMap(({backendRefs}) => backendRefs)
    .filter(({name, port}) => !serviceHasPort(manifests, name, port))
    .map(({name, port}) => `HTTPRoute ${route.metadata.name}: Service ${name} has no port ${port}`);
}
