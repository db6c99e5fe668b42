import {type Catalog, developmentCatalog, readFile} from './file.ts';
import {ConfigurationError} from './problems.ts';
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
    if (redis === undefined)
      problems.push('REDIS_URL is missing: the memory store forgets everything with its process');
    else if (redis.url.startsWith('redis:') && !isLoopback(redis.url))
      problems.push("REDIS_URL: redis:// sends codes' records in the clear over a network, expected rediss://");
  }
  const catalog =
    configurationPath === undefined
      ? developmentCatalog(environment)
      : readFile(configurationPath, mode, environment, problems);
  if (problems.length > 0 || catalog === undefined) throw new ConfigurationError(problems);
  return {settings, catalog};
}

function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
