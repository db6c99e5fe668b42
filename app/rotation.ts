import {isDeepStrictEqual} from 'node:util';
import type {Logger} from 'pino';
import type {Configuration} from './config/configuration.ts';
import {followSecretFiles} from './config/secret-files.ts';
import type {Client} from './domain/client.ts';
import type {RenewableKeyring, SecretKey} from './domain/keyring.ts';
import type {EventRecipients} from './open-events.ts';
import type {Delivery} from './start-delivery.ts';

export interface RotationOptions {
  /** As the process started with it. */
  readonly configuration: Configuration;
  /** What is in use, and changed in place. */
  readonly keyring: RenewableKeyring;
  readonly clients: Map<string, Client>;
  readonly delivery: Pick<Delivery, 'renew'>;
  readonly recipients: Pick<EventRecipients, 'renew'>;
  readonly log: Logger;
  /** Between two looks at the files. @default 2000 */
  readonly pollMs?: number;
}

/**
 * Takes up rotated secrets: secret keys, API keys, the credentials of providers, and what events are signed with. Which clients and providers there
 * are is the configuration file's to say, and that is read at the start.
 */
export function followSecrets({configuration, keyring, clients, delivery, recipients, log, pollMs}: RotationOptions) {
  const {secretFiles, settings: initial} = configuration;
  let {secretKeys} = initial;
  return followSecretFiles({
    files: secretFiles,
    async takeUp() {
      const {settings, catalog} = configuration.reread();
      const providers = await delivery.renew(catalog.providers);
      const renewedClients = renewApiKeys(clients, catalog.clients);
      const events = recipients.renew(catalog.events);
      const keys = isDeepStrictEqual(settings.secretKeys, secretKeys) ? undefined : settings.secretKeys;
      if (keys !== undefined) {
        warnOfUnknownFirst(keys, keyring, log);
        keyring.renew(keys);
        secretKeys = keys;
      }
      if (!settings.pseudonymKey.equals(initial.pseudonymKey))
        log.error('OTP_PSEUDONYM_KEY has changed, but does not rotate: the one of the start stays in use');
      log.info(
        {...(keys === undefined ? {} : {kids: keys.map(({kid}) => kid)}), clients: renewedClients, providers, events},
        'rotated secrets are in use',
      );
    },
    onProblem: (reason) => log.error({reason}, 'the secrets that have changed cannot be used, the old ones stay'),
    ...(pollMs === undefined ? {} : {pollMs}),
  });
}

/** Names the clients that have other keys than before. */
function renewApiKeys(clients: Map<string, Client>, renewed: ReadonlyMap<string, Client>): string[] {
  const names: string[] = [];
  for (const [name, client] of clients) {
    const apiKeys = renewed.get(name)?.apiKeys;
    if (apiKeys === undefined || isDeepStrictEqual(apiKeys, client.apiKeys)) continue;
    clients.set(name, {...client, apiKeys});
    names.push(name);
  }
  return names;
}

/** Files reach the processes one after the other: until the last has them, it answers 503 for what is under a new key. */
function warnOfUnknownFirst([first]: readonly [SecretKey, ...SecretKey[]], keyring: RenewableKeyring, log: Logger) {
  if (keyring.find(first.kid) === undefined)
    log.warn(
      {kid: first.kid},
      'signing with a key that was not known before: add a new key as last, and later move it',
    );
}
