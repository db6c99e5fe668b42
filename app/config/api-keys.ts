import {createHash} from 'node:crypto';
import type {ApiKey} from '../domain/client.ts';
import {developmentApiKey} from './development.ts';
import {quote} from './problems.ts';
import {type ConfigurationFile, sha256Pattern} from './schema.ts';
import {readReference} from './secret.ts';
import type {Mode} from './setting-table.ts';

type ApiKeySettings = ConfigurationFile['clients'][string]['apiKeys'][number];

const developmentHash = createHash('sha256').update(developmentApiKey).digest('hex');

/** Reads one API key, and the one that it has replaced where that still works; or says in `problems` why it cannot be used. */
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
  const [newest = '', ...older] = read.value.split(',');
  if (older.length > 1) return refuse(`the sha256 of key "${id}": ${older.length + 1} keys, expected two at most`);
  if (!new RegExp(sha256Pattern).test(newest)) return refuse(`the sha256 of key "${id}": not 64 hex digits`);
  if (mode === 'production' && read.value.includes(developmentHash))
    return refuse(`key "${id}" is the development key, which everybody knows`);
  const replaced = older.map(readReplaced);
  if (replaced.includes(undefined))
    return refuse(`the sha256 of key "${id}": after the comma not 64 hex digits, @ and an instant`);
  const endsAt = notAfter === undefined ? undefined : Date.parse(notAfter);
  // A leap second has the form of an instant, but is none that this clock ever shows.
  if (Number.isNaN(endsAt)) return refuse(`notAfter of key "${id}": ${quote(notAfter)}, expected an instant`);
  return [
    {id, sha256: Buffer.from(newest, 'hex'), scopes, ...(endsAt === undefined ? {} : {notAfter: endsAt})},
    ...replaced.flatMap((old) => (old === undefined ? [] : [{id: `${id}, replaced`, scopes, ...old}])),
  ];
}

/** The key that another one has replaced, as a rotation writes it: `SHA256@INSTANT`, the end of its use. */
function readReplaced(text: string): (Pick<ApiKey, 'sha256'> & Required<Pick<ApiKey, 'notAfter'>>) | undefined {
  const [sha256 = '', instant = ''] = text.split('@');
  const notAfter = Date.parse(instant);
  if (!new RegExp(sha256Pattern).test(sha256) || Number.isNaN(notAfter)) return undefined;
  return {sha256: Buffer.from(sha256, 'hex'), notAfter};
}
