import {describe, expect, it} from 'vitest';
import {SecretStore} from '../testing/secret-store.ts';
import {changeSecret, readSecret} from './change-secret.ts';

describe('the Secrets of a rotation', () => {
  it('change by key: others stay, and one that is given up is gone', async () => {
    const {cluster} = new SecretStore();
    const body = {metadata: {name: 'otp-redis-app'}, stringData: {password: 'old', next: 'new', other: 'kept'}};
    await cluster.core.createNamespacedSecret({namespace: 'otp', body});
    await changeSecret(cluster, 'otp', 'otp-redis-app', {password: 'new', next: undefined});
    expect(await readSecret(cluster, 'otp', 'otp-redis-app')).toEqual({password: 'new', other: 'kept'});
  });

  it('that do not exist are named with the command that makes them', async () => {
    await expect(readSecret(new SecretStore().cluster, 'otp', 'otp-redis-acl')).rejects.toThrow(
      'Secret otp/otp-redis-acl does not exist: run npm run bootstrap',
    );
  });
});
