import {CommandError} from '../cli/command-error.ts';
import type {Environment} from '../environment/schema.ts';
import {certManagerSecrets} from '../foundation/certificates.ts';
import {appTls, redisTls} from '../secrets/names.ts';

/** What is exchanged while everything serves. */
export const rotations = [
  'redis',
  'redis-certificate',
  'redis-authority',
  'api-authority',
  'secret-key',
  'api-key',
] as const;
export type Rotation = (typeof rotations)[number];

/** The Secret that holds the certificate, where it is a certificate or its authority that is exchanged. */
const certificates: Partial<Record<Rotation, string>> = {
  'redis-certificate': redisTls.name,
  'redis-authority': redisTls.name,
  'api-authority': appTls.name,
};

/** @throws CommandError where an environment has not what is to be exchanged, or another makes it. */
export function requireRotatable(rotation: Rotation, environment: Environment): void {
  const {mode} = environment.redis;
  if (rotation.startsWith('redis') && mode !== 'replicated')
    throw new CommandError(`redis.mode is ${mode}: only "replicated" is rotated while it serves`);
  const secret = certificates[rotation];
  if (secret !== undefined && certManagerSecrets(environment).has(secret))
    throw new CommandError(
      `${rotation}: certManager.issuer makes Secret ${secret}, so it is cert-manager that exchanges it (docs/certificates.md)`,
    );
}
