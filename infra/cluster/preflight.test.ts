import {describe, expect, it} from 'vitest';
import {loadEnvironment} from '../environment/load.ts';
import type {Environment} from '../environment/schema.ts';
import {projectRoot} from '../lib/project-root.ts';
import {type ClusterFacts, lacking} from './preflight.ts';

const {environment: example} = loadEnvironment('example', projectRoot);
const facts: ClusterFacts = {
  storageClasses: [{name: 'standard', isDefault: true}],
  hasMetricsServer: true,
  schedulableNodes: 3,
  customResources: new Set([
    'podmonitors.monitoring.coreos.com',
    'prometheusrules.monitoring.coreos.com',
    'serverstransports.traefik.io',
    'middlewares.traefik.io',
  ]),
};
const {storageClass: _named, ...anyClass} = example.redis;

describe('a deploy', () => {
  it('finds nothing lacking on a cluster that has all', () => {
    expect(lacking(example, facts)).toEqual([]);
  });

  it.each<[string, Environment, ClusterFacts, RegExp]>([
    [
      'without the StorageClass',
      {...example, redis: {...example.redis, storageClass: 'fast'}},
      facts,
      /no StorageClass "fast"; it has standard\. Name one/,
    ],
    [
      'without any default StorageClass',
      {...example, redis: anyClass},
      {...facts, storageClasses: []},
      /no default StorageClass; it has none\. Name one, or mark one/,
    ],
    ['without metrics-server', example, {...facts, hasMetricsServer: false}, /needs metrics-server.*Install it/],
    ['on one node', example, {...facts, schedulableNodes: 1}, /has 1 nodes.*three are needed.*set "preferred"/],
    [
      'without prometheus-operator',
      example,
      {...facts, customResources: new Set(['serverstransports.traefik.io', 'middlewares.traefik.io'])},
      /lacks podmonitors\S*, prometheusrules\S*\. Install prometheus-operator, or set it to false/,
    ],
    [
      "without Traefik's custom resources",
      {...example, observability: {...example.observability, enabled: false}},
      {...facts, customResources: new Set()},
      /lacks serverstransports\.traefik\.io, middlewares\.traefik\.io\. Install/,
    ],
    [
      'without cert-manager',
      {...example, certManager: {issuer: {name: 'a', kind: 'Issuer'}}},
      facts,
      /lacks certificates\.cert-manager\.io\. Install cert-manager/,
    ],
  ])('%s is refused with what to do', (_case, environment, cluster, expected) => {
    expect(lacking(environment, cluster)).toEqual([expect.stringMatching(expected)]);
  });

  it("asks for no volume where Redis is somebody else's", () => {
    expect(lacking({...example, redis: {...anyClass, mode: 'external'}}, {...facts, storageClasses: []})).toEqual([]);
  });
});
