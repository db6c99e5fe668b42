import type {Logger} from 'pino';
import {type Configuration, readConfiguration} from './config/configuration.ts';
import {developmentApiKey} from './config/development.ts';
import {ConfigurationError, configurationExitCode} from './config/problems.ts';
import {openLog} from './log.ts';
import {type Service, startService} from './service.ts';

const configuration = configure();
const {settings} = configuration;
const log = openLog(settings.logLevel);

const service = await start(configuration, log);
if (settings.mode === 'development') greet(service);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(service, signal));

function configure(): Configuration {
  try {
    return readConfiguration(process.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exit(configurationExitCode);
  }
}

async function start(configuration: Configuration, log: Logger): Promise<Service> {
  try {
    const service = await startService(configuration, log);
    log.info(
      {
        url: service.url,
        metrics: service.metricsUrl,
        mode: settings.mode,
        store: settings.redis === undefined ? 'memory' : 'redis',
      },
      'listening',
    );
    return service;
  } catch (err) {
    log.fatal({err}, 'cannot start');
    process.exit(1);
  }
}

async function stop(service: Service, signal: string): Promise<void> {
  log.info({signal, drainDelaySeconds: settings.drainDelaySeconds}, 'stopping');
  const late = setTimeout(
    () => {
      log.error({shutdownTimeoutSeconds: settings.shutdownTimeoutSeconds}, 'not stopped in time');
      process.exit(1);
    },
    (settings.drainDelaySeconds + settings.shutdownTimeoutSeconds) * 1000,
  );
  await service.stop();
  clearTimeout(late);
  log.info('stopped');
  process.exit(0);
}

function greet({url, hasInbox}: Service): void {
  const authorization = `-H 'Authorization: Bearer ${developmentApiKey}'`;
  const json = `-H 'Content-Type: application/json'`;
  console.log(`
OTP Service is ready: ${url}

  API documentation    ${url}/docs
${hasInbox ? `  Development inbox    ${url}/dev/inbox\n` : ''}
Send a code, read it from the inbox, and check it:

  curl -s ${url}/v1/verifications ${authorization} ${json} -d '{"to":"ada@example.com"}'
  curl -s '${url}/dev/inbox.json?to=ada@example.com'
  curl -s ${url}/v1/verifications/ID/check ${authorization} ${json} -d '{"code":"CODE"}'
`);
}
