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
  /** The Secret in which the controller looks for our authority, where it is not one that the pods have. */
  readonly authoritySecret?: string;
}

/**
 * A pod whose node has died stays among the addresses until Kubernetes has noticed, most of a minute: a controller that
 * waits for it keeps callers waiting. Connections inside a cluster open in milliseconds, and the service answers, or says
 * that it cannot, in three seconds (STORE_DEADLINE_MS, and memory after it). Five attempts: of four pods two may be on the
 * node that has died.
 */
const patience = {connectSeconds: 1, answerSeconds: 6, attempts: 5, idleSeconds: 60} as const;

/** The one place for what each of them calls things. */
const controllers: Readonly<Record<ControllerName, BackEndTrust>> = {
  // Ingress and Service of one namespace, the transport by the name NAMESPACE-NAME@kubernetescrd.
  traefik: {
    ingressAnnotations: {'traefik.ingress.kubernetes.io/router.middlewares': '@namespace@-@name@@kubernetescrd'},
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
      // Who cannot be reached is passed over; a POST that was sent is not sent again.
      'nginx.ingress.kubernetes.io/proxy-connect-timeout': String(patience.connectSeconds),
      'nginx.ingress.kubernetes.io/proxy-read-timeout': String(patience.answerSeconds),
      'nginx.ingress.kubernetes.io/proxy-next-upstream': 'error timeout',
      'nginx.ingress.kubernetes.io/proxy-next-upstream-tries': String(patience.attempts),
    },
    serviceAnnotations: {},
    transport: undefined,
  },
  // Speaks HTTPS to its targets and does not verify them.
  alb: {
    ingressAnnotations: {
      'alb.ingress.kubernetes.io/backend-protocol': 'HTTPS',
      'alb.ingress.kubernetes.io/healthcheck-protocol': 'HTTPS',
      'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
      // The time-out, 5 s where nothing is said, has to be less than the interval: otherwise no target group is made.
      'alb.ingress.kubernetes.io/healthcheck-interval-seconds': '5',
      'alb.ingress.kubernetes.io/healthcheck-timeout-seconds': '3',
      'alb.ingress.kubernetes.io/unhealthy-threshold-count': '2',
      // Of requests that are under way at a pod that leaves: none takes longer than the service's own deadline.
      'alb.ingress.kubernetes.io/target-group-attributes': 'deregistration_delay.timeout_seconds=30',
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
  // Where an authority is given the router verifies the chain, and the name only under the cluster's own authority.
  openshift: {
    ingressAnnotations: {
      'route.openshift.io/termination': 'reencrypt',
      // The router reads the authority from the key tls.crt.
      'route.openshift.io/destination-ca-certificate-secret': appAuthority,
    },
    serviceAnnotations: {},
    transport: undefined,
    authoritySecret: appAuthority,
  },
  /** Nothing is told to it: its annotations are the environment's to give. */
  other: {ingressAnnotations: {}, serviceAnnotations: {}, transport: undefined},
};

const nothing: BackEndTrust = {ingressAnnotations: {}, serviceAnnotations: {}, transport: undefined};

/** For this environment's names; nothing where the API is spoken to without TLS, or not through an Ingress. */
export function backEndTrust(environment: Environment): BackEndTrust {
  const {exposure, app, namespace} = environment;
  if (!app.tls || exposure.kind !== 'ingress') return nothing;
  const {ingressAnnotations, serviceAnnotations, ...rest} = controllers[exposure.controller];
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
    ...rest,
  };
}

/** The objects by which Traefik (its provider `kubernetescrd`) trusts our authority, and passes over a pod that is gone. */
export function traefikObjects(environmentName: string, environment: Environment): object[] {
  const metadata = {
    name: componentName('app'),
    namespace: environment.namespace,
    labels: componentLabels(environmentName, 'app'),
  };
  return [
    {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'ServersTransport',
      metadata,
      spec: {
        serverName: apiEndpoint(environment).host,
        rootCAs: [{secret: appTls.name}],
        forwardingTimeouts: {
          dialTimeout: `${patience.connectSeconds}s`,
          responseHeaderTimeout: `${patience.answerSeconds}s`,
          // Less than the 72 s after which the service closes: a request on a connection that closes is lost.
          idleConnTimeout: `${patience.idleSeconds}s`,
        },
      },
    },
    {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      metadata,
      // By its default only while nothing of the request has been sent: what may have been done is not done twice.
      spec: {retry: {attempts: patience.attempts, initialInterval: '50ms'}},
    },
  ];
}
