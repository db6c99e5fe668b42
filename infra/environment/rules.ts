import type {Fault} from './faults.ts';
import type {Environment} from './schema.ts';

/** What no schema can say: rules between two values. */
export function rulesBroken({app, exposure, redis, resilience, service, network, state}: Environment): Fault[] {
  const faults: Fault[] = [];
  if (app.maxReplicas < app.minReplicas)
    faults.push({
      path: ['app', 'maxReplicas'],
      value: app.maxReplicas,
      expected: `>= app.minReplicas, which is ${app.minReplicas}`,
    });
  if (exposure.kind !== 'none' && exposure.from === undefined)
    faults.push({
      path: ['exposure', 'from'],
      value: undefined,
      expected: 'where the controller connects from: {namespace: …} or {cidrs: […]}; this platform has no default',
    });
  if (exposure.kind === 'gateway' && exposure.gateway === undefined)
    faults.push({
      path: ['exposure', 'gateway'],
      value: undefined,
      expected: 'the Gateway to attach to, {name: …, namespace: …}, because exposure.kind is gateway',
    });
  if (exposure.kind === 'loadBalancer' && !app.tls)
    faults.push({
      path: ['app', 'tls'],
      value: false,
      expected: 'true, because with exposure.kind loadBalancer callers speak to the pods themselves',
    });
  if (state.backend === 's3' && state.s3 === undefined)
    faults.push({
      path: ['state', 's3'],
      value: undefined,
      expected: '{bucket: …, region: …}, because state.backend is s3',
    });
  if (exposure.tls && exposure.host === undefined)
    faults.push({
      path: ['exposure', 'host'],
      value: undefined,
      expected: 'the host name of the certificate, because exposure.tls is true',
    });
  if (exposure.kind === 'ingress' && exposure.controller === 'openshift' && exposure.host === undefined)
    faults.push({
      path: ['exposure', 'host'],
      value: undefined,
      expected: 'a host name, because OpenShift makes no Route of an Ingress without one',
    });
  if (resilience.enabled) faults.push(...resilienceFaults({resilience, service, network}));
  return [...faults, ...redisFaults(redis)];
}

/** The append-only file and its rewrite lie side by side: a disk that is full stops every write. */
const storagePerMemory = 3;

function redisFaults({mode, external, maxMemoryMiB, storageGiB}: Environment['redis']): Fault[] {
  if (mode !== 'external')
    return storageGiB * 1024 >= storagePerMemory * maxMemoryMiB
      ? []
      : [
          {
            path: ['redis', 'storageGiB'],
            value: storageGiB,
            expected: `at least ${Math.ceil((storagePerMemory * maxMemoryMiB) / 1024)}: three times redis.maxMemoryMiB, which is ${maxMemoryMiB}`,
          },
        ];
  const path = ['redis', 'external'];
  if (external === undefined)
    return [{path, value: undefined, expected: 'where the Redis is, because redis.mode is external'}];
  const {url, sentinels, masterName, cluster} = external;
  const given = [url, sentinels, cluster].filter((each) => each !== undefined);
  const faults: Fault[] = [];
  if (given.length !== 1) faults.push({path, value: external, expected: 'exactly one of url, sentinels and cluster'});
  if (sentinels !== undefined && masterName === undefined)
    faults.push({path: [...path, 'masterName'], value: undefined, expected: 'what the sentinels call the master'});
  return faults;
}

function resilienceFaults({
  resilience,
  service,
  network,
}: Pick<Environment, 'resilience' | 'service' | 'network'>): Fault[] {
  const {clients, policies} = service as {clients?: object; policies?: object};
  const faults: Fault[] = [];
  const has = (parts: object | undefined, name: string) => Object.keys(parts ?? {}).includes(name);
  if (!has(clients, resilience.client))
    faults.push({
      path: ['resilience', 'client'],
      value: resilience.client,
      expected: `a client of service.clients (${Object.keys(clients ?? {}).join(', ') || 'there is none'}); environments/example.yaml shows one`,
    });
  const policy: unknown = Reflect.get(policies ?? {}, resilience.policy);
  if (typeof policy !== 'object' || policy === null || Reflect.get(policy, 'returnCode') !== true)
    faults.push({
      path: ['resilience', 'policy'],
      value: resilience.policy,
      expected: 'a policy of service.policies with channels: [direct] and returnCode: true',
    });
  if (network.apiServer.cidrs.length === 0)
    faults.push({
      path: ['network', 'apiServer', 'cidrs'],
      value: [],
      expected:
        'the addresses of the API server, which chaos jobs have to reach: kubectl get endpointslices -n default',
    });
  return faults;
}
