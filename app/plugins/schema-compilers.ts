import AjvCompiler from '@fastify/ajv-compiler';
import SerializerSelector from '@fastify/fast-json-stringify-compiler';
import type {FastifyServerOptions} from 'fastify';

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;
/** What Fastify needs of a compiler; its own types go by what ajv could do besides. */
type Factory<Compiled> = (...options: unknown[]) => (route: unknown) => Compiled;
type Serialize = (data: unknown) => string;
interface Validate {
  (data: unknown): unknown;
  errors?: unknown;
}

const validators = AjvCompiler() as unknown as Factory<Validate>;
const serializers = SerializerSelector() as unknown as Factory<Serialize>;

const lazyValidators: Factory<Validate> = (...options) => {
  const compile = validators(...options);
  return (route) => {
    let compiled: Validate | undefined;
    const validate: Validate = (data) => {
      compiled ??= compile(route);
      const valid = compiled(data);
      validate.errors = compiled.errors;
      return valid;
    };
    return validate;
  };
};

const lazySerializers: Factory<Serialize> = (...options) => {
  const compile = serializers(...options);
  return (route) => {
    let compiled: Serialize | undefined;
    return (data) => {
      compiled ??= compile(route);
      return compiled(data);
    };
  };
};

/**
 * Fastify's own compilers, put to work when a schema is first needed. Some hundred schemas are there, most of them for
 * refusals that a process never sends: to compile them all took a third of the start, and some megabytes.
 */
export const compileWhenNeeded = {buildValidator: lazyValidators, buildSerializer: lazySerializers} as Factories;
