import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {requireRotatable, rotations} from './rotations.ts';

const {environment} = loadEnvironment(join(projectRoot, 'environments/example.yaml'), projectRoot);

describe('what can be exchanged', () => {
  it.each(rotations)('%s, where bootstrap has made it', (rotation) => {
    expect(() => requireRotatable(rotation, environment)).not.toThrow();
  });

  it('is not what a Redis of somebody else has', () => {
    const external = {...environment, redis: {...environment.redis, mode: 'external'}} as const;
    const refused = rotations.filter((rotation) => {
      try {
        requireRotatable(rotation, external);
        return false;
      } catch {
        return true;
      }
    });
    expect(refused).toEqual(['redis', 'redis-certificate', 'redis-authority']);
  });

  it.each(['redis-certificate', 'redis-authority', 'api-authority'] as const)(
    'is not what cert-manager makes: %s',
    (rotation) => {
      const issued = {...environment, certManager: {issuer: {name: 'private', kind: 'ClusterIssuer'}}} as const;
      expect(() => requireRotatable(rotation, issued)).toThrow(
        /^\S+: certManager.issuer makes Secret otp-(app|redis)-tls/,
      );
    },
  );
});
