import assert from 'node:assert/strict';
import {AppsV1Api, CoordinationV1Api} from '@kubernetes/client-node';
import type {ClusterAccess} from '../../chaos/executors/kubernetes/cluster-access.ts';
import {redisPods} from '../../chaos/executors/kubernetes/redis-pods.ts';
import {componentName} from '../lib/names.ts';
import {readSecret} from '../rotation/change-secret.ts';
import {type EnduranceReport, endure} from './endure.ts';
import {host, loadPolicy} from './environment.ts';
import {execIn} from './exec.ts';
import {HttpClient} from './http.ts';
import {comesUp, goesAway, staysAsItIs, wasQuick} from './installation.ts';
import type {Phase, Stage} from './phases/phase.ts';
import {forward} from './port-forward.ts';
import {writeHistory} from './report.ts';
import type {RunOptions} from './run-options.ts';
import {Traffic} from './traffic/traffic.ts';
import {keepsOthersOut, verifiesByMail} from './verification.ts';

/** Enough that some hundred users meet every fault, and few enough for a port-forward. */
const usersPerSecond = 8;

/** From an empty cluster to an installation, through all that may happen to one, and back to an empty cluster. */
export async function wholeLife(options: RunOptions, phases: readonly Phase[]): Promise<EnduranceReport> {
  const {settings, cluster, claims} = options;
  const {name, ingressUrl, ingressService} = settings;
  const {ca, begunAt} = await comesUp(options);

  await using ingress =
    ingressUrl === undefined
      ? await forward(cluster, {...ingressService, service: ingressService.name, scheme: 'https'})
      : undefined;
  using client = new HttpClient({url: ingress?.url ?? ingressUrl ?? '', host, ca});
  let apiKey = await readApiKey(options);
  await verifiesByMail(options, client, apiKey);
  await wasQuick(options, begunAt);
  await staysAsItIs(options);
  await keepsOthersOut(options);

  const traffic = new Traffic({client, apiKey: () => apiKey, policy: loadPolicy, usersPerSecond});
  const stage: Omit<Stage, 'saw'> = {
    cluster,
    namespace: name,
    name,
    file: options.file,
    redis: redisPods(accessOf(options), componentName('redis')),
    nodes: settings.nodes,
    ingressNode: async () => ingress?.node,
    client,
    traffic,
    apiKey: () => apiKey,
    useApiKey(key) {
      apiKey = key;
    },
    signal: options.signal,
  };
  traffic.start();
  let report: EnduranceReport;
  try {
    report = await endure(stage, phases, claims);
  } finally {
    await traffic.stop();
    writeHistory(name, traffic.history());
  }
  await claims.prove('nothing was approved twice or lost without a word between the phases either', () => {
    const {approvedTwice, unexplained} = traffic.tally('between phases');
    assert.deepEqual({approvedTwice, unexplained}, {approvedTwice: 0, unexplained: []});
  });
  await staysAsItIs(options);
  await goesAway(options);
  return report;
}

async function readApiKey({cluster, settings: {name}}: RunOptions): Promise<string> {
  return (await readSecret(cluster, name, 'otp-api-key'))['api-key'] ?? '';
}

/** The cluster as the handles for the pods of Redis want it. */
function accessOf({cluster, settings: {name}}: RunOptions): ClusterAccess {
  const {core, config} = cluster;
  return {
    namespace: name,
    core,
    apps: config.makeApiClient(AppsV1Api),
    coordination: config.makeApiClient(CoordinationV1Api),
    exec: (pod, container, command) => execIn(cluster, {namespace: name, pod, container}, command),
  };
}
