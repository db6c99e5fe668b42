import type {Component} from '../lib/names.ts';

/** Whoever is not a component of ours. */
type Outsider = 'every pod' | 'dns' | 'ingress controller' | 'prometheus' | 'providers';
export type PortSet = 'dns' | 'api' | 'peers' | 'metrics' | 'redis' | 'providers';

export interface Flow {
  readonly from: Component | Outsider;
  readonly to: Component | Outsider;
  readonly port: PortSet;
  readonly why: string;
}

/** The one list of who may open a connection to whom; policies are computed from it and all else is denied. */
export const flows: readonly Flow[] = [
  {from: 'every pod', to: 'dns', port: 'dns', why: 'names of Services and providers'},
  {from: 'ingress controller', to: 'app', port: 'api', why: 'calls of the API'},
  {from: 'app', to: 'app', port: 'peers', why: 'calls that another pod can answer while the store is out of reach'},
  {from: 'app', to: 'redis', port: 'redis', why: 'verifications, budgets, outbox'},
  {from: 'app', to: 'providers', port: 'providers', why: 'delivery of codes'},
  {from: 'prometheus', to: 'app', port: 'metrics', why: 'scrapes'},
];
