import {describe, expect, it} from 'vitest';
import {components} from '../infra/lib/names.ts';
import {flowsOf} from '../infra/network/flows.ts';
import {isComponent} from '../infra/network/peers.ts';
import {specialRanges} from '../infra/network/special-ranges.ts';
import {at, environmentFrom, type Json, list, synthesise, withScheduledRuns} from './testing.ts';

const minimal = 'context: a\nnamespace: b\n';
const policiesOf = (yaml: string) =>
  new Map(
    synthesise(environmentFrom(yaml))
      .of('kubernetes_network_policy_v1')
      .map((body) => [String(at(body, 'metadata.name')), at(body, 'spec')]),
  );
const full = minimal + withScheduledRuns;
const flows = flowsOf(environmentFrom(full).environment);
const policies = policiesOf(full);
const egress = (spec: Json | undefined) => list(spec, 'egress');
const ingress = (spec: Json | undefined) => list(spec, 'ingress');

describe('network policies', () => {
  it('deny every pod all that the flow table does not give to every pod', () => {
    const deny = policies.get('otp-default-deny');
    expect(deny).toMatchObject({pod_selector: {}, policy_types: ['Ingress', 'Egress']});
    expect(deny).not.toHaveProperty('ingress');
    expect(egress(deny)).toHaveLength(flows.filter(({from}) => from === 'every pod').length);
  });

  it.each(flows.filter(({from, to}) => isComponent(from) && isComponent(to)))(
    '$from → $to is open at both ends',
    ({from, to}) => {
      const towards = egress(policies.get(`otp-${from}`)).map((rule) => JSON.stringify(rule.to));
      expect(towards.some((peer) => peer.includes(`"app.kubernetes.io/component":"${to}"`))).toBe(true);
      const sources = ingress(policies.get(`otp-${to}`)).map((rule) => JSON.stringify(rule.from));
      expect(sources.some((peer) => peer.includes(`"app.kubernetes.io/component":"${from}"`))).toBe(true);
    },
  );

  it('have a rule per flow and no other', () => {
    for (const component of components) {
      const policy = policies.get(`otp-${component}`);
      expect(ingress(policy)).toHaveLength(flows.filter(({to}) => to === component).length);
      expect(egress(policy)).toHaveLength(flows.filter(({from}) => from === component).length);
    }
  });

  it('let no job in where there are none', () => {
    const towardsApp = ingress(policiesOf(minimal).get('otp-app')).map((rule) => JSON.stringify(rule.from));
    expect(towardsApp.filter((from) => /"(load|chaos)"/.test(from))).toEqual([]);
  });

  it('reach the API server by its address, from chaos alone', () => {
    const withAddress = [...policies].filter(([, spec]) => JSON.stringify(spec).includes('192.0.2.10/32'));
    expect(withAddress.map(([name]) => name)).toEqual(['otp-chaos']);
    expect(egress(policies.get('otp-chaos'))).toContainEqual({
      to: [{ip_block: {cidr: '192.0.2.10/32'}}],
      ports: [{protocol: 'TCP', port: '6443'}],
    });
  });

  it('let Redis open connections to Redis alone', () => {
    for (const rule of egress(policies.get('otp-redis')))
      expect(list(rule, 'to')).toMatchObject([
        {pod_selector: {match_labels: {'app.kubernetes.io/component': 'redis'}}},
      ]);
  });

  it('reach providers on public addresses only', () => {
    const block = egress(policies.get('otp-app'))
      .flatMap((rule) => list(rule, 'to'))
      .find((peer) => peer.ip_block !== undefined);
    expect(at(block, 'ip_block')).toEqual({cidr: '0.0.0.0/0', except: [...specialRanges]});
    // The metadata services of the clouds, and the private networks.
    for (const range of ['169.254.0.0/16', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'])
      expect(specialRanges).toContain(range);
  });

  it('reach a provider elsewhere where the environment lists it', () => {
    const listed = policiesOf(
      `${minimal}network: {providerExceptions: [{namespace: mail, ports: [2525]}, {cidr: 10.1.2.3/32, ports: [587]}]}\n`,
    );
    expect(egress(listed.get('otp-app')).slice(-2)).toEqual([
      {
        to: [{namespace_selector: {match_labels: {'kubernetes.io/metadata.name': 'mail'}}}],
        ports: [{protocol: 'TCP', port: '2525'}],
      },
      {to: [{ip_block: {cidr: '10.1.2.3/32'}}], ports: [{protocol: 'TCP', port: '587'}]},
    ]);
  });

  it('take the DNS of the platform', () => {
    const openshift = policiesOf(`${minimal}preset: openshift\nexposure: {host: otp.example.com}\n`);
    expect(egress(openshift.get('otp-default-deny'))).toEqual([
      {
        to: [{namespace_selector: {match_labels: {'kubernetes.io/metadata.name': 'openshift-dns'}}}],
        ports: [
          {protocol: 'UDP', port: '5353'},
          {protocol: 'TCP', port: '5353'},
        ],
      },
    ]);
  });
});
