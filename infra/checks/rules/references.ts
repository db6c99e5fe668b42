import {at, containersOf, type Manifest, ofKind, workloadsOf} from '../manifests.ts';
import type {Installation, Rule} from '../rule.ts';

interface Reference {
  readonly from: string;
  readonly kind: string;
  readonly name: string;
}

export const defined: Rule = {
  name: 'everything that is referred to is defined, or is a Secret that the deploy checks for',
  findings: ({manifests, secrets}) =>
    [...workloadReferences(manifests), ...bindingReferences(manifests), ...secretReferences(manifests)]
      .filter(({kind, name}) =>
        kind === 'Secret'
          ? !secrets.has(name)
          : !manifests.some((each) => each.kind === kind && each.metadata.name === name),
      )
      .map(({from, kind, name}) => `${from}: ${kind} ${name} is not there`),
};

function workloadReferences(manifests: readonly Manifest[]): Reference[] {
  return workloadsOf(manifests).flatMap(({name: from, pod, manifest}) => {
    const volumes = (pod.volumes ?? []).flatMap((volume): Reference[] => {
      const {configMap, secret} = volume as {configMap?: {name: string}; secret?: {secretName: string}};
      return [
        ...(configMap === undefined ? [] : [{from, kind: 'ConfigMap', name: configMap.name}]),
        ...(secret === undefined ? [] : [{from, kind: 'Secret', name: secret.secretName}]),
      ];
    });
    const account = {from, kind: 'ServiceAccount', name: pod.serviceAccountName ?? 'default'};
    const service = at<string>(manifest, 'spec.serviceName');
    return [...volumes, account, ...(service === undefined ? [] : [{from, kind: 'Service', name: service}])];
  });
}

function bindingReferences(manifests: readonly Manifest[]): Reference[] {
  return ofKind(manifests, 'RoleBinding').flatMap((binding) => {
    const from = `RoleBinding ${binding.metadata.name}`;
    const role = at<{kind: string; name: string}>(binding, 'roleRef');
    const subjects = at<{kind: string; name: string}[]>(binding, 'subjects') ?? [];
    return [...(role === undefined ? [] : [role]), ...subjects].map(({kind, name}) => ({from, kind, name}));
  });
}

function secretReferences(manifests: readonly Manifest[]): Reference[] {
  const ofIngress = ofKind(manifests, 'Ingress').flatMap((ingress) =>
    (at<{secretName: string}[]>(ingress, 'spec.tls') ?? []).map(({secretName}) => ({
      from: `Ingress ${ingress.metadata.name}`,
      kind: 'Secret',
      name: secretName,
    })),
  );
  const ofTransport = ofKind(manifests, 'ServersTransport').flatMap((transport) =>
    (at<{secret: string}[]>(transport, 'spec.rootCAs') ?? []).map(({secret}) => ({
      from: `ServersTransport ${transport.metadata.name}`,
      kind: 'Secret',
      name: secret,
    })),
  );
  return [...ofIngress, ...ofTransport];
}

const secretName = /(PASSWORD|SECRET|TOKEN|PRIVATE|API_KEY|SECRET_KEYS|PSEUDONYM_KEY)/;

export const withoutSecrets: Rule = {
  name: 'no object holds a secret: pods get them as files, by name',
  findings: ({manifests}: Installation) => [
    ...ofKind(manifests, 'Secret').map(({metadata}) => `Secret ${metadata.name} is made by a stack`),
    ...workloadsOf(manifests).flatMap((workload) =>
      containersOf(workload).flatMap(({name, env = []}) =>
        env
          .filter((variable) => secretName.test(variable.name) && !/_FILE$/.test(variable.name))
          .map((variable) => `${workload.name}/${name}: variable ${variable.name} is no path of a file`),
      ),
    ),
    ...manifests
      .filter((manifest) => /-----BEGIN [A-Z ]*PRIVATE KEY-----|otp_[a-z]+_[0-9a-f]{64}/.test(JSON.stringify(manifest)))
      .map(({kind, metadata}) => `${kind} ${metadata.name} holds a key`),
  ],
};
