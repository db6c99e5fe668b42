import {isDeepStrictEqual} from 'node:util';
import type {Catalog} from './config/file.ts';
import type {EventRecipient} from './delivery/event-jobs.ts';
import type {HttpClient} from './delivery/http/client.ts';
import {retireAfterMs} from './delivery/provider.ts';
import type {Keyring} from './domain/keyring.ts';
import {parseId} from './domain/verification-id.ts';

/** Who hears of the ends of verifications: the endpoints of clients, each over connections of its own. */
export interface EventRecipients {
  /** Who hears of a verification; undefined if nobody does. */
  of(id: string): EventRecipient | undefined;
  /** Takes up what has changed of the endpoints that there are, and names their clients. */
  renew(events: Catalog['events']): string[];
  close(): Promise<void>;
}

/** The HTTP client is loaded only where somebody hears of anything. */
export async function openEvents({clients, events}: Catalog, keyring: Keyring): Promise<EventRecipients> {
  const Client = events.size === 0 ? undefined : (await import('./delivery/http/client.ts')).HttpClient;
  const byTag = new Map(
    [...clients.values()].flatMap((client) => {
      const endpoint = events.get(client.name);
      if (endpoint === undefined || Client === undefined) return [];
      const http: HttpClient = new Client(endpoint.connection);
      return [[client.tag, {client, endpoint, http}] as const];
    }),
  );
  return {
    of(id) {
      if (byTag.size === 0) return undefined;
      const parsed = parseId(keyring, id);
      const found = parsed.kind === 'ref' ? byTag.get(parsed.ref.clientTag) : undefined;
      if (parsed.kind !== 'ref' || found === undefined) return undefined;
      const {client, endpoint, http} = found;
      return {client: client.name, policy: client.policiesByTag.get(parsed.ref.policyTag)?.name ?? '', endpoint, http};
    },
    renew(renewed) {
      const names: string[] = [];
      for (const [tag, {client, endpoint: before, http}] of byTag) {
        const endpoint = renewed.get(client.name);
        if (endpoint === undefined || Client === undefined || isDeepStrictEqual(endpoint, before)) continue;
        const sameConnection = isDeepStrictEqual(endpoint.connection, before.connection);
        byTag.set(tag, {client, endpoint, http: sameConnection ? http : new Client(endpoint.connection)});
        if (!sameConnection) setTimeout(() => void http.close().catch(() => {}), retireAfterMs).unref();
        names.push(client.name);
      }
      return names;
    },
    async close() {
      await Promise.all([...byTag.values()].map(({http}) => http.close()));
    },
  };
}
