import {setTimeout as wait} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {rolldown} from 'rolldown';
import {makeAuthority, makeCertificate} from '../../bootstrap/certificates.ts';
import {randomPassword} from '../../bootstrap/random.ts';
import type {Cluster} from '../../cluster/connect.ts';
import {containerSecurity, uids} from '../../workload/security.ts';
import {sink, sinkHost, sinkNamespace} from './names.ts';

const readyTimeoutMs = 60_000;

/** What the service needs to log in to the sink. */
export interface SinkAccess {
  readonly password: string;
  readonly caPem: string;
}

/** Starts the sink in a namespace of its own, with a certificate of its own authority; node comes from the service's image. */
export async function startSink({core}: Cluster, name: string, image: string): Promise<SinkAccess> {
  const namespace = sinkNamespace(name);
  const password = randomPassword();
  const certificate = await makeCertificate(await makeAuthority('OTP Service e2e mail CA'), [sinkHost(name)]);
  const labels = {app: sink.name};

  await core.createNamespace({body: {metadata: {name: namespace}}});
  await core.createNamespacedSecret({
    namespace,
    body: {metadata: {name: sink.name}, stringData: {...certificate, password}},
  });
  await core.createNamespacedConfigMap({
    namespace,
    body: {metadata: {name: sink.name}, data: {[sink.program]: await bundle()}},
  });
  await core.createNamespacedService({
    namespace,
    body: {
      metadata: {name: sink.name},
      spec: {
        selector: labels,
        ports: [
          {name: 'smtp', port: sink.smtpPort},
          {name: 'http', port: sink.httpPort},
        ],
      },
    },
  });
  await core.createNamespacedPod({
    namespace,
    body: {
      metadata: {name: sink.name, labels},
      spec: {
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: uids.app,
          fsGroup: uids.app,
          seccompProfile: {type: 'RuntimeDefault'},
        },
        containers: [
          {
            name: sink.name,
            image,
            command: ['node', `${sink.folder}/program/${sink.program}`],
            securityContext: containerSecurity,
            resources: {requests: {cpu: '50m', memory: '64Mi'}, limits: {memory: '128Mi'}},
            readinessProbe: {tcpSocket: {port: sink.smtpPort}, periodSeconds: 1},
            volumeMounts: [
              {name: 'program', mountPath: `${sink.folder}/program`},
              {name: 'secret', mountPath: `${sink.folder}/secret`},
            ],
          },
        ],
        volumes: [
          {name: 'program', configMap: {name: sink.name}},
          {name: 'secret', secret: {secretName: sink.name, defaultMode: 0o440}},
        ],
      },
    },
  });
  const deadline = performance.now() + readyTimeoutMs;
  while (!(await isReady(core, namespace))) {
    if (performance.now() > deadline) throw new Error(`the mail sink is not ready after ${readyTimeoutMs / 1000} s`);
    await wait(250);
  }
  return {password, caPem: certificate['ca.crt']};
}

async function isReady(core: Cluster['core'], namespace: string): Promise<boolean> {
  const {status} = await core.readNamespacedPod({name: sink.name, namespace});
  return status?.conditions?.some(({type, status: is}) => type === 'Ready' && is === 'True') ?? false;
}

/** The program with its library as one file, small enough for a ConfigMap. */
async function bundle(): Promise<string> {
  const build = await rolldown({input: fileURLToPath(new URL('program.ts', import.meta.url)), platform: 'node'});
  const {output} = await build.generate({format: 'cjs', minify: true});
  await build.close();
  return output[0].code;
}
