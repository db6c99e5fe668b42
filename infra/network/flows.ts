import type {Environment} from '../environment/schema.ts';
import type {Component} from '../lib/names.ts';

/** Whoever is not a component of ours. */
type Outsider = 'every pod' | 'dns' | 'ingress controller' | 'prometheus' | 'providers' | 'API server';
export type PortSet =
  | 'dns'
  | 'api'
  | 'peers'
  | 'metrics'
  | 'redis'
  | 'sentinel'
  | 'waiting'
  | 'exporter'
  | 'alertmanager'
  | 'providers'
  | 'API server';

export interface Flow {
  readonly from: Component | Outsider;
  readonly to: Component | Outsider;
  readonly port: PortSet;
  readonly why: string;
  /** @default in every environment */
  readonly when?: {readonly holds: (environment: Environment) => boolean; readonly said: string};
}

const replicated = {
  holds: ({redis}: Environment) => redis.mode === 'replicated',
  said: 'Redis has replicas',
};

const scheduled = {
  holds: ({resilience}: Environment) => resilience.enabled,
  said: 'scheduled runs are on',
};

const watched = {
  holds: ({resilience}: Environment) => resilience.enabled && resilience.alertmanager !== undefined,
  said: '`resilience.alertmanager` is set',
};

/** The one list of who may open a connection to whom; policies are computed from it and all else is denied. */
export const flows: readonly Flow[] = [
  {from: 'every pod', to: 'dns', port: 'dns', why: 'names of Services and providers'},
  {from: 'ingress controller', to: 'app', port: 'api', why: 'calls of the API'},
  {from: 'app', to: 'app', port: 'peers', why: 'calls that another pod can answer while the store is out of reach'},
  {from: 'app', to: 'redis', port: 'redis', why: 'verifications, budgets, outbox'},
  {from: 'app', to: 'redis', port: 'sentinel', why: 'which Redis is the master', when: replicated},
  {from: 'redis', to: 'redis', port: 'redis', why: 'replication, health, hand-over', when: replicated},
  {from: 'redis', to: 'redis', port: 'sentinel', why: 'votes, and who is master when a pod boots', when: replicated},
  {from: 'redis', to: 'redis', port: 'waiting', why: 'what the others have, when all of them boot', when: replicated},
  {from: 'app', to: 'providers', port: 'providers', why: 'delivery of codes'},
  {from: 'prometheus', to: 'app', port: 'metrics', why: 'scrapes'},
  {from: 'prometheus', to: 'redis', port: 'exporter', why: 'scrapes'},
  {from: 'load', to: 'app', port: 'api', why: 'scheduled load', when: scheduled},
  {from: 'chaos', to: 'app', port: 'api', why: 'the load under which a fault is injected', when: scheduled},
  {
    from: 'chaos',
    to: 'API server',
    port: 'API server',
    why: 'deleting and killing pods, the Lease of a run',
    when: scheduled,
  },
  {from: 'chaos', to: 'prometheus', port: 'alertmanager', why: 'whether a page is firing', when: watched},
];

/** Those that an environment has. */
export const flowsOf = (environment: Environment): Flow[] =>
  flows.filter(({when}) => when === undefined || when.holds(environment));
