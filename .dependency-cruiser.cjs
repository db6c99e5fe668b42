// Imports point one way: domain <- store, delivery <- usecases <- routes, plugins <- app <- main; infra <- stacks.
const rule = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: {path: from, pathNot: '\\.test\\.ts$|/testing/|/contract/'},
  to: {path: to},
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {name: 'no-cycles', severity: 'error', from: {}, to: {circular: true}},
    rule('domain-is-pure', '^app/domain/', '^app/(?!domain/)', 'The rules know no I/O and nobody who calls them.'),
    rule(
      'domain-needs-no-server',
      '^app/domain/',
      'node_modules/(fastify|ioredis|nodemailer|pino|prom-client)',
      'The rules run without a server.',
    ),
    rule(
      'store-below-usecases',
      '^app/(store|delivery)/',
      '^app/(usecases|routes|plugins|config|app\\.ts|main\\.ts)',
      'A store and a provider serve whoever calls them.',
    ),
    rule(
      'store-and-delivery-apart',
      '^app/store/',
      '^app/delivery/(?!outbox\\.ts|inbox\\.ts|reports\\.ts|announcements\\.ts)',
      'A store knows the outbox and inbox interfaces and nothing else of delivery.',
    ),
    rule(
      'usecases-below-routes',
      '^app/usecases/',
      '^app/(routes|plugins|app\\.ts|main\\.ts)',
      'A use case does not know HTTP.',
    ),
    rule(
      'routes-below-app',
      '^app/(routes|plugins)/',
      '^app/(app\\.ts|main\\.ts)',
      'Routes and plugins are put together by the app.',
    ),
    rule('only-main-wires', '^app/(?!main\\.ts)', '^app/main\\.ts', 'main.ts is wiring only; nothing imports it.'),
    rule(
      'one-importer-of-cdktf',
      '^(infra|stacks)/(?!lib/cdk\\.ts)',
      '^(cdktf|node_modules/cdktf/)',
      'The framework is imported through infra/lib/cdk.ts alone.',
    ),
    rule(
      'infra-below-stacks',
      '^infra/(?!e2e/)',
      '^stacks/',
      'A construct does not know the stack that it is used in.',
    ),
    rule(
      'infra-apart-from-app',
      '^(infra|stacks)/',
      '^app/(?!config/schema|docs/markdown)',
      'Infrastructure shares only the configuration schema, and the writer of tables, with the service.',
    ),
    rule(
      'load-and-chaos-stand-alone',
      '^(loadtests|chaos)/',
      '^(app|infra|stacks)/',
      'They drive the service from outside.',
    ),
    {
      name: 'production-code-needs-no-dev-dependency',
      severity: 'error',
      from: {path: '^app/', pathNot: '\\.(test|contract)\\.ts$|/testing/|/contract/|^app/(bench|build)/'},
      to: {dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only']},
    },
    {name: 'resolvable', severity: 'error', from: {}, to: {couldNotResolve: true, pathNot: '^k6(/|$)'}},
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'types', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
