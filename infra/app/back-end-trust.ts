import type {ControllerName} from '../environment/controller-names.ts';
import type {Environment} from '../environment/schema.ts';
import {componentLabels} from '../lib/labels.ts';
import {componentName} from '../lib/names.ts';
import {appAuthority, appTls} from '../secrets/names.ts';
import {apiEndpoint} from './endpoint.ts';

type Annotations = Readonly<Record<string, string>>;

/** What a controller has to be told so that it speaks HTTPS to the pods and, where it can, verifies them. */
export interface BackEndTrust {
  readonly ingressAnnotations: Annotations;
  readonly serviceAnnotations: Annotations;
  /** Whether the controller needs its own kind of object beside the annotations. */
  readonly transport: 'traefik' | undefined;
}

/** The one place for what each of them calls things. */
const controllers: Readonly<Record<ControllerName, BackEndTrust>> = {
  // Ingress and Service of one namespace, the transport by the name NAMESPACE-NAME@kubernetescrd.
  traefik: {
    ingressAnnotations: {},
    serviceAnnotations: {
      'traefik.ingress.kubernetes.io/service.serversscheme': 'https',
      'traefik.ingress.kubernetes.io/service.serverstransport': '@namespace@-@name@@kubernetescrd',
    },
    transport: 'traefik',
  },
  nginx: {
    ingressAnnotations: {
      'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS',
      'nginx.ingress.kubernetes.io/proxy-ssl-secret': `@namespace@/${appTls.name}`,
      'nginx.ingress.kubernetes.io/proxy-ssl-verify': 'on',
      'nginx.ingress.kubernetes.io/proxy-ssl-server-name': 'on',
      'nginx.ingress.kubernetes.io/proxy-ssl-name': '@host@',
    },
    serviceAnnotations: {},
    transport: undefined,
  },
  // Speaks HTTPS to its targets and does not verify them.
  alb: {
    ingressAnnotations: {
      'alb.ingress.kubernetes.io/backend-protocol': 'HTTPS',
      'alb.ingress.kubernetes.io/healthcheck-protocol': 'HTTPS',
    },
    serviceAnnotations: {},
    transport: undefined,
  },
  // Speaks HTTPS to its targets and does not verify them.
  gce: {
    ingressAnnotations: {},
    serviceAnnotations: {'cloud.google.com/app-protocols': '{"https":"HTTPS"}'},
    transport: undefined,
  },
  openshift: {
    ingressAnnotations: {
      'route.openshift.io/termination': 'reencrypt',
      // The router reads the authority from the key tls.crt.
      'route.openshift.io/destination-ca-certificate-secret': appAuthority,
    },
    serviceAnnotations: {},
    transport: undefined,
  },
  /** Nothing is told to it: its annotations are the environment's to give. */
  other: {ingressAnnotations: {}, serviceAnnotations: {}, transport: undefined},
};

const nothing: BackEndTrust = {ingressAnnotations: {}, serviceAnnotations: {}, transport: undefined};

/** For this environment's names; nothing where the API is spoken to without TLS, or not through an Ingress. */
export function backEndTrust(environment: Environment): BackEndTrust {
  const {exposure, app, namespace} = environment;
  if (!app.tls || exposure.kind !== 'ingress') return nothing;
  const {ingressAnnotations, serviceAnnotations, transport} = controllers[exposure.controller];
  const values = {namespace, name: componentName('app'), host: apiEndpoint(environment).host};
  const filled = (annotations: Annotations) =>
    Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [
        key,
        value.replaceAll(/@(namespace|name|host)@/g, (_all, name: keyof typeof values) => values[name]),
      ]),
    );
  return {
    ingressAnnotations: filled(ingressAnnotations),
    serviceAnnotations: filled(serviceAnnotations),
    transport,
  };
}

/** The object by which Traefik (its provider `kubernetescrd`) trusts our authority and knows the name to expect. */
export const traefikTransport = (environmentName: string, environment: Environment) => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'ServersTransport',
  metadata: {
    name: componentName('app'),
    namespace: environment.namespace,
    labels: componentLabels(environmentName, 'app'),
  },
  spec: {serverName: apiEndpoint(environment).host, rootCAs: [{secret: appTls.name}]},
});
