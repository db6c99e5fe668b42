import {createHash} from 'node:crypto';
import type {ApiKey} from '../domain/client.ts';
import {developmentApiKey} from './development.ts';
import {quote} from './problems.ts';
import {type ConfigurationFile, sha256Pattern} from './schema.ts';
import {readReference} from './secret.ts';
import type {Mode} from './setting-table.ts';

type ApiKeySettings = ConfigurationFile['clients'][string]['apiKeys'][number];

const developmentHash = createHash('sha256').update(developmentApiKey).digest('hex');

/** Reads one API key, or says in `problems` why it cannot be used. */
export function readApiKey(
  {id, sha256, scopes, notAfter}: ApiKeySettings,
  client: string,
  mode: Mode,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): ApiKey[] {
  const refuse = (problem: string): ApiKey[] => {
    problems.push(`clients.${client}.apiKeys: ${problem}`);
    return [];
  };
  const read = typeof sha256 === 'string' ? {value: sha256} : readReference(sha256, environment);
  if ('problem' in read) return refuse(`the sha256 of key "${id}": ${read.problem}`);
  if (!new RegExp(sha256Pattern).test(read.value)) return refuse(`the sha256 of key "${id}": not 64 hex digits`);
  if (mode === 'production' && read.value === developmentHash)
    return refuse(`key "${id}" is the development key, which everybody knows`);
  const endsAt = notAfter === undefined ? undefined : Date.parse(notAfter);
  // A leap second has the form of an instant, but is none that this clock ever shows.
  if (Number.isNaN(endsAt)) return refuse(`notAfter of key "${id}": ${quote(notAfter)}, expected an instant`);
  return [{id, sha256: Buffer.from(read.value, 'hex'), scopes, ...(endsAt === undefined ? {} : {notAfter: endsAt})}];
}
