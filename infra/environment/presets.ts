import type {Tree} from './layers.ts';
import type {PresetName} from './preset-names.ts';

/** What differs between platforms, as data: the same keys as an environment file. */
export const presets: Readonly<Record<PresetName, Tree>> = {
  generic: {exposure: {ingressClass: 'traefik', controller: 'traefik', from: {namespace: 'traefik'}}},
  kind: {
    redis: {storageClass: 'standard'},
    exposure: {ingressClass: 'traefik', controller: 'traefik', from: {namespace: 'traefik'}},
  },
  k3s: {
    redis: {storageClass: 'local-path'},
    exposure: {ingressClass: 'traefik', controller: 'traefik', from: {namespace: 'kube-system'}},
  },
  // The balancers of clouds go on sending to a pod for so long after it has left the endpoints: the controller has to hear of
  // it, tell the balancer, and that has to spread. 15 s and 25 s have been too short for an ALB, 60 s was enough.
  // The load balancer reaches the pods from the subnets of the VPC: `exposure.from.cidrs` is the environment's to say.
  eks: {
    app: {drainDelaySeconds: 60},
    redis: {storageClass: 'gp3'},
    exposure: {
      ingressClass: 'alb',
      controller: 'alb',
      annotations: {
        'alb.ingress.kubernetes.io/target-type': 'ip',
        'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
      },
    },
  },
  // Google's own advice is 40 s. The ranges from which load balancers and their health checks come.
  gke: {
    app: {drainDelaySeconds: 40},
    redis: {storageClass: 'premium-rwo'},
    exposure: {ingressClass: 'gce', controller: 'gce', from: {cidrs: ['130.211.0.0/22', '35.191.0.0/16']}},
  },
  aks: {
    redis: {storageClass: 'managed-csi'},
    exposure: {
      ingressClass: 'webapprouting.kubernetes.azure.com',
      controller: 'nginx',
      from: {namespace: 'app-routing-system'},
    },
  },
  openshift: {
    exposure: {ingressClass: 'openshift-default', controller: 'openshift', from: {namespace: 'openshift-ingress'}},
    network: {dns: {namespace: 'openshift-dns', ports: [5353], cidrs: []}, prometheusNamespace: 'openshift-monitoring'},
    security: {fixedUids: false},
  },
};
