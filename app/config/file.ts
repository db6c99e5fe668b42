import {readFileSync} from 'node:fs';
import type {JWK} from 'jose';
import {parseDocument} from 'yaml';
import type {ProviderSettings} from '../delivery/create-provider.ts';
import type {EventEndpoint} from '../delivery/event-jobs.ts';
import type {HttpClientOptions} from '../delivery/http/client.ts';
import {templateChannels} from '../delivery/templates/own-texts.ts';
import {createTemplates, type PolicyTexts, type Templates} from '../delivery/templates/templates.ts';
import {type Client, createClient} from '../domain/client.ts';
import {readEncryptionKey} from '../domain/end-to-end.ts';
import {type Channel, channels, type Policy, policyProblems} from '../domain/policy.ts';
import {parseRecipient} from '../domain/recipient.ts';
import {type Sandbox, sandboxCodeProblem} from '../domain/sandbox.ts';
import {nameTag} from '../domain/verification-id.ts';
import {readApiKey} from './api-keys.ts';
import {developmentFile} from './development.ts';
import {createPartReader, readConnection} from './part-reader.ts';
import {quote} from './problems.ts';
import {channelProblem, readProviders} from './providers.ts';
import {type ConfigurationFile, fileSchema} from './schema.ts';
import type {Mode} from './setting-table.ts';
import {validate} from './validate.ts';

interface EventSettings extends EventEndpoint {
  readonly connection: HttpClientOptions;
}

/** Policies, clients and providers, with everything resolved. */
export interface Catalog {
  readonly clients: ReadonlyMap<string, Client>;
  readonly providers: readonly ProviderSettings[];
  /** Where clients hear of their verifications, by the client's name. */
  readonly events: ReadonlyMap<string, EventSettings>;
  /** Names of providers, in order of preference. */
  readonly channels: ReadonlyMap<Channel, readonly string[]>;
  readonly templates: Templates;
  /** What the file names for secrets, and for the authorities of providers. */
  readonly secretFiles: readonly string[];
}

/** Reads the configuration file at `path` and adds a sentence to `problems` for each fault. Undefined if it has none to offer. */
export function readFile(
  path: string,
  mode: Mode,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): Catalog | undefined {
  const text = readText(path, problems);
  return text === undefined ? undefined : readFileText({path, text}, mode, environment, problems);
}

/** The text of the configuration file; undefined, with the problem told, if it cannot be read. */
export function readText(path: string, problems: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** The same for a file whose text is known. */
export function readFileText(
  {path, text}: {readonly path: string; readonly text: string},
  mode: Mode,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): Catalog | undefined {
  const fileProblems: string[] = [];
  const catalog = parse(text, mode, environment, fileProblems);
  problems.push(...fileProblems.map((problem) => `${path}: ${problem}`));
  return catalog;
}

/** What is used in development when no file is given. */
export function developmentCatalog(environment: NodeJS.ProcessEnv): Catalog {
  const file = structuredClone(developmentFile);
  const problems = validate(fileSchema, file);
  const catalog = toCatalog(file as ConfigurationFile, 'development', environment, problems);
  if (problems.length > 0) throw new Error(`the development configuration is not valid: ${problems.join('; ')}`);
  return catalog;
}

function parse(text: string, mode: Mode, environment: NodeJS.ProcessEnv, problems: string[]): Catalog | undefined {
  const document = parseDocument(text, {uniqueKeys: true, strict: true});
  const unread = [...document.errors, ...document.warnings].map(({message}) => message.trim());
  let value: unknown;
  try {
    value = document.toJS({maxAliasCount: 100});
  } catch (error) {
    unread.push(error instanceof Error ? error.message : String(error));
  }
  if (unread.length > 0) {
    problems.push(...unread);
    return undefined;
  }
  const faults = validate(fileSchema, value);
  problems.push(...faults);
  return faults.length > 0 ? undefined : toCatalog(value as ConfigurationFile, mode, environment, problems);
}

function toCatalog(file: ConfigurationFile, mode: Mode, environment: NodeJS.ProcessEnv, problems: string[]): Catalog {
  const policies = new Map<string, Policy>();
  for (const [name, {locale, brand, webOtpHost, ...settings}] of Object.entries(file.policies)) {
    const policy: Policy = {name, ...settings};
    problems.push(...policyProblems(policy).map((problem) => `policies.${name}: ${problem}`));
    for (const channel of policy.channels)
      if (channel !== 'direct' && !Object.hasOwn(file.channels, channel))
        problems.push(`policies.${name}.channels: ${channel} has no providers under channels.${channel}`);
    policies.set(name, policy);
  }
  const clients = readClients(file, policies, mode, environment, problems);
  refuseTagCollisions('policies', [...policies.keys()], problems);
  refuseTagCollisions('clients', [...clients.keys()], problems);
  return {
    clients,
    providers: readProviders(file, mode, environment, problems),
    events: readEvents(file, mode, environment, problems),
    channels: readChannels(file, problems),
    templates: readTemplates(file, problems),
    secretFiles: [...new Set(filesNamedIn({clients: file.clients, providers: file.providers}))],
  };
}

/** The paths in `{file: PATH}` and `caFile: PATH`, wherever they stand. */
function filesNamedIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    (key === 'file' || key === 'caFile') && typeof member === 'string' ? [member] : filesNamedIn(member),
  );
}

function readTemplates({policies, templates = {}}: ConfigurationFile, problems: string[]): Templates {
  const names = Object.keys(policies);
  for (const name of Object.keys(templates))
    if (!names.includes(name)) problems.push(`templates: there is no policy "${name}"; there are ${names.join(', ')}`);
  return createTemplates(
    Object.entries(policies).map(
      ([name, policy]): PolicyTexts => ({
        ...policy,
        name,
        tag: nameTag(name),
        channels: templateChannels.filter((channel) => (policy.channels as readonly string[]).includes(channel)),
        own: templates[name] ?? {},
      }),
    ),
    problems,
  );
}

/** Ids name clients and policies by four bytes: two names must not share them. */
function refuseTagCollisions(what: string, names: readonly string[], problems: string[]): void {
  const byTag = new Map<number, string>();
  for (const name of names) {
    const other = byTag.get(nameTag(name));
    if (other !== undefined)
      problems.push(`${what}: the names "${other}" and "${name}" have the same tag in ids; rename one`);
    byTag.set(nameTag(name), name);
  }
}

function readClients(
  file: ConfigurationFile,
  policies: ReadonlyMap<string, Policy>,
  mode: Mode,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): Map<string, Client> {
  const clients = new Map<string, Client>();
  const sandbox = readSandbox(file, policies, problems);
  for (const [name, settings] of Object.entries(file.clients)) {
    const own = (settings.policies ?? [...policies.keys()]).flatMap((each) => {
      const policy = policies.get(each);
      if (policy === undefined)
        problems.push(
          `clients.${name}.policies: there is no policy "${each}"; there are ${[...policies.keys()].join(', ')}`,
        );
      return policy === undefined ? [] : [policy];
    });
    const apiKeys = settings.apiKeys.flatMap((key) => readApiKey(key, name, mode, environment, problems));
    const encryptionKey =
      settings.encryptionKey === undefined ? undefined : readEncryptionKey(settings.encryptionKey as JWK);
    if (settings.encryptionKey !== undefined && encryptionKey === undefined)
      problems.push(
        `clients.${name}.encryptionKey: ${quote(settings.encryptionKey)}, expected a public key (JWK) of its curve`,
      );
    const used = file.sandbox?.clients.includes(name) ? sandbox : undefined;
    clients.set(name, createClient(name, own, apiKeys, settings.limits, encryptionKey, used));
  }
  return clients;
}

function readSandbox(
  {sandbox, clients}: ConfigurationFile,
  policies: ReadonlyMap<string, Policy>,
  problems: string[],
): Sandbox | undefined {
  if (sandbox === undefined) return undefined;
  for (const name of sandbox.clients)
    if (!Object.hasOwn(clients, name))
      problems.push(`sandbox.clients: there is no client "${name}"; there are ${Object.keys(clients).join(', ')}`);
  const usable = [...policies.values()].filter(({name}) =>
    sandbox.clients.some((client) => clients[client]?.policies?.includes(name) ?? true),
  );
  const codes = new Map<string, string>();
  for (const [address, code] of Object.entries(sandbox.addresses)) {
    const recipient = parseRecipient(address);
    if (recipient === undefined)
      problems.push(
        `sandbox.addresses: ${quote(address)}, expected a phone number such as +41446681800 or a mail address`,
      );
    else codes.set(recipient.canonical, code);
    for (const policy of usable) {
      const expected = sandboxCodeProblem(code, policy);
      if (expected !== undefined)
        problems.push(
          `sandbox.addresses.${address}: ${quote(code)}, expected ${expected}, as the policy "${policy.name}" has them`,
        );
    }
  }
  return {codes, limit: sandbox.limit};
}

function readEvents(
  file: ConfigurationFile,
  mode: Mode,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): Map<string, EventSettings> {
  const read = new Map<string, EventSettings>();
  for (const [name, {events}] of Object.entries(file.clients)) {
    if (events === undefined) continue;
    const reader = createPartReader(`clients.${name}.events`, mode, environment, problems);
    read.set(name, {
      url: reader.url('url', events.url),
      secrets: reader.webhookSecrets('secrets', events.secrets),
      types: events.types,
      connection: readConnection(events, reader),
    });
  }
  return read;
}

function readChannels(file: ConfigurationFile, problems: string[]): Map<Channel, readonly string[]> {
  const known = Object.keys(file.providers);
  const read = new Map<Channel, readonly string[]>();
  for (const channel of channels) {
    const names = channel === 'direct' ? undefined : file.channels[channel];
    if (names === undefined) continue;
    read.set(channel, names);
    for (const name of names) {
      const provider = Object.hasOwn(file.providers, name) ? file.providers[name] : undefined;
      if (provider === undefined)
        problems.push(`channels.${channel}: there is no provider "${name}"; there are ${known.join(', ')}`);
      const problem = provider === undefined ? undefined : channelProblem(provider, channel);
      if (problem !== undefined) problems.push(`channels.${channel}: provider "${name}" ${problem}`);
    }
  }
  return read;
}
