import {type Catalog, developmentCatalog, readFileText, readText} from './file.ts';
import {ConfigurationError} from './problems.ts';
import {redisNetworkProblem} from './redis-settings.ts';
import {readSettings, type Settings} from './settings.ts';

export interface Configuration {
  readonly settings: Settings;
  readonly catalog: Catalog;
  /** What a rotation of secrets changes. */
  readonly secretFiles: readonly string[];
  /** The same with every secret read anew; the configuration file stays as it was. Throws `ConfigurationError`. */
  reread(): Configuration;
}

/** Reads the whole configuration. Throws one `ConfigurationError` that names every fault. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const path = environment.OTP_CONFIG || undefined;
  const unread: string[] = [];
  const text = path === undefined ? undefined : readText(path, unread);
  return resolve(environment, path === undefined || text === undefined ? undefined : {path, text}, unread);
}

function resolve(
  environment: NodeJS.ProcessEnv,
  file: {readonly path: string; readonly text: string} | undefined,
  unread: readonly string[] = [],
): Configuration {
  const problems: string[] = [];
  const settings = readSettings(environment, problems);
  const {mode, configurationPath, redis} = settings;
  if (mode === 'production') {
    if (configurationPath === undefined)
      problems.push('OTP_CONFIG is missing: production has no default policies, clients and providers');
    const problem =
      redis === undefined
        ? 'REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER is missing: the memory store forgets everything with its process'
        : redisNetworkProblem(redis);
    if (problem !== undefined) problems.push(problem);
  }
  problems.push(...unread);
  const catalog =
    file === undefined ? developmentCatalog(environment) : readFileText(file, mode, environment, problems);
  if (problems.length > 0 || catalog === undefined) throw new ConfigurationError(problems);
  const own = [environment.OTP_SECRET_KEYS_FILE, environment.OTP_PSEUDONYM_KEY_FILE].flatMap((path) => path || []);
  return {
    settings,
    catalog,
    secretFiles: [...own, ...catalog.secretFiles],
    reread: () => resolve(environment, file),
  };
}
