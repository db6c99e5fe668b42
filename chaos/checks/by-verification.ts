import type {Operation} from '../history.ts';

/** Operations by the verification they act on; those that never got an id are left out. */
export function byVerification(operations: readonly Operation[]): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.verificationId === undefined) continue;
    const group = groups.get(operation.verificationId);
    if (group) group.push(operation);
    else groups.set(operation.verificationId, [operation]);
  }
  return groups;
}

export function isAcceptance(operation: Operation): boolean {
  return operation.kind === 'check' && operation.outcome === 'ok';
}
