import {isTree} from '../environment/layers.ts';
import type {Environment} from '../environment/schema.ts';
import {secretFilesIn} from '../secrets/files.ts';
import {randomPassword, sha256} from './random.ts';

/** Key of the Secret that the service reads; beside it stands `api-key`, for the caller. */
const hashKey = 'sha256';

/** The API keys that bootstrap can make: Secrets named by a client as `…/api-key…/sha256`. */
export function wantedApiKeys({service}: Pick<Environment, 'service'>): {client: string; secret: string}[] {
  const clients = isTree(service) && isTree(service.clients) ? service.clients : {};
  return Object.entries(clients).flatMap(([client, settings]) =>
    secretFilesIn(settings)
      .filter(({secret, key}) => secret.startsWith('otp-api-key') && key === hashKey)
      .map(({secret}) => ({client, secret})),
  );
}

export function makeApiKey(client: string, existing: Readonly<Record<string, string>>): Record<string, string> {
  if (existing[hashKey] !== undefined) return {};
  const apiKey = existing['api-key'] ?? `otp_${client}_${randomPassword()}`;
  return {'api-key': apiKey, [hashKey]: sha256(apiKey)};
}
