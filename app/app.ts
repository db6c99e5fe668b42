import {randomUUID} from 'node:crypto';
import type {TypeBoxTypeProvider} from '@fastify/type-provider-typebox';
import fastify, {type FastifyInstance, LogController} from 'fastify';
import type {Logger} from 'pino';
import type {Client} from './domain/client.ts';
import type {Metrics} from './metrics.ts';
import {authPlugin} from './plugins/auth.ts';
import {docsPlugin} from './plugins/docs.ts';
import {metricsPlugin} from './plugins/metrics.ts';
import {answerFrameworkError, answerNoHttp, problemPlugin} from './plugins/problem.ts';
import {requestLogPlugin} from './plugins/request-log.ts';
import {compileWhenNeeded} from './plugins/schema-compilers.ts';
import {wellFormedPlugin} from './plugins/well-formed.ts';
import {type CallbackRoutesOptions, callbackRoutes} from './routes/callbacks.ts';
import {creationRoute} from './routes/creation.ts';
import type {DevelopmentPages} from './routes/development/routes.ts';
import {healthRoutes, type Readiness} from './routes/health.ts';
import {jwksRoutes} from './routes/jwks.ts';
import {policyRoutes} from './routes/policies.ts';
import {recipientRoutes} from './routes/recipients.ts';
import {verificationRoutes} from './routes/verifications.ts';
import {type KeyPair, listenerTls} from './tls/key-pair.ts';
import type {UseCaseContext} from './usecases/context.ts';

export interface AppOptions {
  readonly context: UseCaseContext;
  readonly clients: ReadonlyMap<string, Client>;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Shown in the API's documentation. */
  readonly version: string;
  readonly readiness: () => Promise<Readiness>;
  /** Opens `/v1/callbacks`. @default none */
  readonly callbacks?: Omit<CallbackRoutesOptions, 'now'>;
  /** Opens `/dev/inbox` and `/dev/templates`. @default none */
  readonly development?: DevelopmentPages;
  /** Makes it speak HTTPS. @default plain HTTP */
  readonly tls?: KeyPair;
}

const maxBodyBytes = 16 * 1024;
const requestTimeoutMs = 15_000;
/** A connection on which nothing moves. */
const connectionTimeoutMs = 20_000;

/** The HTTP service. It opens no port and owns none of what it is given. */
export async function buildApp({
  context,
  clients,
  metrics,
  log,
  version,
  readiness,
  callbacks,
  development,
  tls,
}: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    https: tls === undefined ? null : {...tls, ...listenerTls},
    loggerInstance: log,
    logController: new LogController({disableRequestLogging: true}),
    // A logger of its own would cost a request more than its line does; who logs about a request names it.
    childLoggerFactory: (logger) => logger,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    clientErrorHandler: answerNoHttp(log),
    routerOptions: {maxParamLength: 128},
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: answerFrameworkError,
    schemaController: {compilersFactory: compileWhenNeeded},
    // Nothing is guessed, filled in or dropped without a word: what the schema does not say is refused.
    ajv: {customOptions: {removeAdditional: false, coerceTypes: false, allErrors: true, allowUnionTypes: true}},
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.removeContentTypeParser(['text/plain', 'application/json']);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', {parseAs: 'string'}, (request, body, done) => {
    // Many clients name a content type where they send none; whether one is needed is the schema's to say.
    if (body === '') done(null, undefined);
    else parseJson(request, body, done);
  });

  await app.register(requestLogPlugin);
  await app.register(problemPlugin);
  await app.register(metricsPlugin, {metrics});
  await app.register(docsPlugin, {version});
  await app.register(wellFormedPlugin);
  await app.register(authPlugin, {clients, now: context.now});

  await app.register(healthRoutes, {readiness});
  await app.register(jwksRoutes, {keyring: context.keyring});
  await app.register(creationRoute, {prefix: '/v1/verifications', context, metrics});
  await app.register(verificationRoutes, {prefix: '/v1/verifications', context, metrics});
  await app.register(policyRoutes, {prefix: '/v1/policies'});
  await app.register(recipientRoutes, {prefix: '/v1/recipients', context});
  if (callbacks !== undefined)
    await app.register(callbackRoutes, {prefix: '/v1/callbacks', now: context.now, ...callbacks});
  if (development !== undefined) {
    // Read from disk in development alone.
    const {developmentRoutes} = await import('./routes/development/routes.ts');
    await app.register(developmentRoutes, {prefix: '/dev', ...development});
  }
  return app as unknown as FastifyInstance;
}
