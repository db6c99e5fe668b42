import type {Fault} from './faults.ts';
import type {Environment} from './schema.ts';

/** What no schema can say: rules between two values. */
export function rulesBroken({app, exposure}: Environment): Fault[] {
  const faults: Fault[] = [];
  if (app.maxReplicas < app.minReplicas)
    faults.push({
      path: ['app', 'maxReplicas'],
      value: app.maxReplicas,
      expected: `>= app.minReplicas, which is ${app.minReplicas}`,
    });
  if (exposure.kind !== 'none' && exposure.from === undefined)
    faults.push({
      path: ['exposure', 'from'],
      value: undefined,
      expected: 'where the controller connects from: {namespace: …} or {cidrs: […]}; this platform has no default',
    });
  if (exposure.kind === 'gateway' && exposure.gateway === undefined)
    faults.push({
      path: ['exposure', 'gateway'],
      value: undefined,
      expected: 'the Gateway to attach to, {name: …, namespace: …}, because exposure.kind is gateway',
    });
  if (exposure.kind === 'loadBalancer' && !app.tls)
    faults.push({
      path: ['app', 'tls'],
      value: false,
      expected: 'true, because with exposure.kind loadBalancer callers speak to the pods themselves',
    });
  if (exposure.tls && exposure.host === undefined)
    faults.push({
      path: ['exposure', 'host'],
      value: undefined,
      expected: 'the host name of the certificate, because exposure.tls is true',
    });
  return faults;
}
