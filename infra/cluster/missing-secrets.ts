import type {Cluster} from './connect.ts';
import {found} from './found.ts';

/** What a namespace lacks of the Secrets that it needs: name → missing keys. */
export async function missingSecrets(
  {core}: Cluster,
  namespace: string,
  required: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, string[]>> {
  const missing = new Map<string, string[]>();
  for (const [name, keys] of required) {
    const secret = await found(core.readNamespacedSecret({name, namespace}));
    const lacking = keys.filter((key) => !secret?.data?.[key]);
    if (lacking.length > 0) missing.set(name, lacking);
  }
  return missing;
}

export const listSecrets = (secrets: ReadonlyMap<string, readonly string[]>) =>
  [...secrets].map(([name, keys]) => `  Secret ${name}: ${keys.join(', ')}`).join('\n');
