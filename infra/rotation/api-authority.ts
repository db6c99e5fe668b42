import {setTimeout as wait} from 'node:timers/promises';
import {appCertificateNames} from '../app/endpoint.ts';
import {ensureAuthorityMap} from '../bootstrap/authority-map.ts';
import {makeCertificate} from '../bootstrap/certificates.ts';
import type {Cluster} from '../cluster/connect.ts';
import type {LoadedEnvironment} from '../environment/load.ts';
import type {Environment} from '../environment/schema.ts';
import {appAuthority, appAuthoritySecret, appTls} from '../secrets/names.ts';
import {changeSecret, type Values} from './change-secret.ts';
import {deliver, expectedOf} from './deliver.ts';
import {exchangeAuthority} from './exchange-authority.ts';

/** Who goes by a changed Secret `otp-app-tls` and its copies. */
export interface Users {
  /** Every pod of the app uses these keys of the Secret, for the API and for the calls between pods. */
  pods(values: Values): Promise<void>;
  /** Whatever stands before the pods trusts what the Secrets say now. */
  controller(): Promise<void>;
}

/**
 * Controllers watch what they trust and take it up within seconds: Traefik collects changes for 2 s, ingress-nginx for 3 s,
 * the router of OpenShift reloads every 5 s at most. None of them tells.
 */
const controllerMs = 30_000;

/** Another authority for the API and for the calls between its pods, while they serve. */
export async function* rotateApiAuthority(
  cluster: Cluster,
  {name, environment}: Pick<LoadedEnvironment, 'name' | 'environment'>,
  users: Users = usersIn(cluster, environment.namespace),
): AsyncGenerator<string> {
  const {namespace, state, exposure} = environment;
  yield* exchangeAuthority(cluster, {
    namespace: state.namespace,
    secret: appAuthoritySecret(name),
    commonName: `OTP Service API CA ${name}`,
    server: 'the app',
    trusting: 'the pods and what stands before them',
    async trust(authorities) {
      await changeSecret(cluster, namespace, appTls.name, {[appTls.ca]: authorities});
      await changeSecret(cluster, namespace, appAuthority, {
        [appTls.ca]: authorities,
        [appTls.certificate]: authorities,
      });
      if (exposure.kind === 'gateway') await ensureAuthorityMap(cluster, namespace, name);
      await users.pods({[appTls.ca]: authorities});
      await users.controller();
    },
    async serve(authority) {
      const {[appTls.ca]: _ca, ...made} = await makeCertificate(authority, appCertificateNames(environment));
      await changeSecret(cluster, namespace, appTls.name, made);
      await users.pods(made);
    },
    ...(trustIsElsewhere(environment) ? {byHand: handOver(namespace)} : {}),
  });
}

/** Where it is not only our Secrets that say whom the API is trusted by: callers or a controller of yours verify the pods. */
function trustIsElsewhere({app, exposure: {kind, controller}}: Pick<Environment, 'app' | 'exposure'>): boolean {
  if (!app.tls) return false;
  switch (kind) {
    case 'loadBalancer':
    case 'none':
      return true;
    case 'ingress':
      return controller === 'other';
    case 'gateway':
      return false;
  }
}

const handOver = (namespace: string): string =>
  `now yours: give all who verify the pods themselves what key ${appTls.ca} of Secret ${namespace}/${appAuthority} holds ` +
  '(both authorities), and run the same command again once they have it';

function usersIn(cluster: Cluster, namespace: string): Users {
  return {
    pods: (values) => deliver(cluster, {namespace, component: 'app', expected: expectedOf(appTls.name, values)}),
    controller: () => wait(controllerMs),
  };
}
