import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {type Static, Type} from 'typebox';
import {alphabets} from '../domain/code.ts';
import {channels, type Policy} from '../domain/policy.ts';
import {Problem} from '../errors.ts';
import {problemsOf} from './schemas.ts';

const policySchema = Type.Object(
  {
    name: Type.String(),
    codeLength: Type.Integer(),
    alphabet: Type.Enum(Object.keys(alphabets) as (keyof typeof alphabets)[]),
    lifetimeSeconds: Type.Integer(),
    maxAttempts: Type.Integer(),
    resendIntervalSeconds: Type.Integer(),
    maxResends: Type.Integer(),
    channels: Type.Array(Type.Enum([...channels])),
    requiredBinding: Type.Array(Type.String(), {description: 'names that the binding of a creation has to have'}),
  },
  {title: 'Policy'},
);
const documented = {tags: ['policies'], security: [{apiKey: []}]};

/** `/v1/policies`: what the calling client may ask for. */
export const policyRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.addHook('onRequest', app.authenticate('verify'));

  app.get(
    '',
    {
      schema: {
        ...documented,
        operationId: 'listPolicies',
        summary: 'List the policies of the client',
        response: {200: Type.Array(policySchema), ...problemsOf('unauthenticated', 'forbidden')},
      },
    },
    async (request) => [...request.client.policies.values()].map(toJson),
  );

  app.get(
    '/:name',
    {
      schema: {
        ...documented,
        operationId: 'readPolicy',
        summary: 'Read a policy',
        params: Type.Object({name: Type.String({maxLength: 32})}),
        response: {
          200: policySchema,
          ...problemsOf('invalid_request', 'unauthenticated', 'forbidden', 'policy_not_found'),
        },
      },
    },
    async (request) => {
      const policy = request.client.policies.get(request.params.name);
      if (policy === undefined)
        throw new Problem({code: 'policy_not_found', detail: 'The client has no policy of this name.'});
      return toJson(policy);
    },
  );
};

function toJson({
  name,
  codeLength,
  alphabet,
  lifetimeSeconds,
  maxAttempts,
  resendIntervalSeconds,
  maxResends,
  channels,
  requiredBinding,
}: Policy): Static<typeof policySchema> {
  return {
    name,
    codeLength,
    alphabet,
    lifetimeSeconds,
    maxAttempts,
    resendIntervalSeconds,
    maxResends,
    channels: [...channels],
    requiredBinding: [...requiredBinding],
  };
}
