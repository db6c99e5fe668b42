import {ports} from '../lib/names.ts';
import {exporterPasswords, type RedisUser, redisUserSecret} from '../secrets/names.ts';

/** The Secret of a user of Redis; the exporter wants its password once per address that it asks. */
export function redisLogin(user: RedisUser, password: string): Record<string, string> {
  const login = {[redisUserSecret(user).password]: password};
  if (user !== 'exporter') return login;
  const addresses = [ports.redis, ports.sentinel].map((port) => `rediss://exporter@localhost:${port}`);
  return {
    ...login,
    [exporterPasswords]: JSON.stringify(Object.fromEntries(addresses.map((address) => [address, password]))),
  };
}
