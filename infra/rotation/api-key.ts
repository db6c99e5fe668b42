import {wantedApiKeys} from '../bootstrap/api-keys.ts';
import {randomPassword, sha256} from '../bootstrap/random.ts';
import {CommandError} from '../cli/command-error.ts';
import type {Cluster} from '../cluster/connect.ts';
import type {Environment} from '../environment/schema.ts';
import {changeSecret, readSecret} from './change-secret.ts';
import {deliver} from './deliver.ts';

/** How long the old key works on: the caller's next release may take a week. */
const overlapMs = 7 * 86_400_000;
const [keyOfCaller, hashes, pending] = ['api-key', 'sha256', 'api-key-next'];

export interface ApiKeyRotation {
  readonly environment: Pick<Environment, 'namespace' | 'service'>;
  /** The Secret that holds the key; may be left out where there is one only. */
  readonly secret: string | undefined;
  /** ms since 1970. @default the clock */
  readonly now?: number;
  /** Waits until every pod of the app has read the hashes. @default by the cluster */
  readonly delivered?: (secret: string, value: string) => Promise<void>;
}

/**
 * A new API key: every pod accepts it before it stands in the Secret for its caller, and the old one for a week more.
 * Interrupted, the same command goes on with the key that it had made.
 */
export async function* rotateApiKey(
  cluster: Cluster,
  {environment, secret, now = Date.now(), ...given}: ApiKeyRotation,
): AsyncGenerator<string> {
  const {namespace} = environment;
  const {
    delivered = (name, value) =>
      deliver(cluster, {namespace, component: 'app', expected: [{file: {secret: name, key: hashes}, value}]}),
  } = given;
  const {client, name} = chosen(environment, secret);
  const before = await readSecret(cluster, namespace, name);
  const made = before[pending] ?? `otp_${client}_${randomPassword()}`;
  const oldUntil = new Date(now + overlapMs).toISOString();
  const value =
    before[pending] === undefined ? `${sha256(made)},${replaceable(before, name, now)}@${oldUntil}` : before[hashes];
  if (value === undefined) throw new CommandError(`Secret ${namespace}/${name} lacks the key "${hashes}"`);
  if (before[pending] === undefined) await changeSecret(cluster, namespace, name, {[pending]: made, [hashes]: value});
  await delivered(name, value);
  yield `every pod of the app accepts the new key of ${client}`;
  await changeSecret(cluster, namespace, name, {[keyOfCaller]: made, [pending]: undefined});
  yield `key "${keyOfCaller}" of Secret ${namespace}/${name} is the new one; the old one is accepted until ${value.split('@')[1]}`;
}

/** The hash that is in use now. @throws CommandError where the one before it still works, too */
function replaceable({[hashes]: value = ''}: Readonly<Record<string, string>>, name: string, now: number): string {
  const [newest = '', replaced] = value.split(',');
  const until = replaced?.split('@')[1];
  if (until !== undefined && Date.parse(until) > now)
    throw new CommandError(
      `two keys of Secret ${name} are valid until ${until}: a third would end one that may be in use. Rotate after that; ` +
        `or, if the older one has leaked, cut everything from the comma on out of its key "${hashes}" first`,
    );
  return newest;
}

function chosen(environment: ApiKeyRotation['environment'], secret: string | undefined) {
  const known = wantedApiKeys(environment).map(({client, secret: name}) => ({client, name}));
  const [only, ...more] = known.filter(({name}) => secret === undefined || name === secret);
  if (only === undefined || more.length > 0)
    throw new CommandError(
      `--secret ${secret ?? 'NAME'}: expected one of ${known.map(({name}) => name).join(', ') || 'none: no client reads an API key from a Secret otp-api-key…'}`,
    );
  return only;
}
