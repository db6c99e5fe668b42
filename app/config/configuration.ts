import {type Catalog, developmentCatalog, readFile} from './file.ts';
import {ConfigurationError} from './problems.ts';
import {redisNetworkProblem} from './redis-settings.ts';
import {readSettings, type Settings} from './settings.ts';

export interface Configuration {
  readonly settings: Settings;
  readonly catalog: Catalog;
}

/** Reads the whole configuration. Throws one `ConfigurationError` that names every fault. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
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
  const catalog =
    configurationPath === undefined
      ? developmentCatalog(environment)
      : readFile(configurationPath, mode, environment, problems);
  if (problems.length > 0 || catalog === undefined) throw new ConfigurationError(problems);
  return {settings, catalog};
}
