import {type Redis, type RedisOptions, SentinelConnector} from 'ioredis';

/**
 * ioredis' way through sentinels, with two things that it leaves out for the connections on which it hears of fail-overs:
 * one that fails writes nothing to the console (the others hear, and the log tells when the master is out of reach), and
 * each is opened again with the credentials of now.
 */
export class ListeningSentinelConnector extends SentinelConnector {
  constructor(given: unknown) {
    super(given as ConstructorParameters<typeof SentinelConnector>[0]);
    const options = given as RedisOptions;
    const connect = Reflect.get(this, 'connectToSentinel') as (...args: unknown[]) => Redis;
    Reflect.set(this, 'connectToSentinel', (...args: unknown[]) => {
      const sentinel = connect.apply(this, args);
      sentinel.on('error', () => {});
      sentinel.on('reconnecting', () => {
        const {sentinelUsername = null, sentinelPassword = null, sentinelTLS} = options;
        Object.assign(sentinel.options, {
          username: sentinelUsername,
          password: sentinelPassword,
          ...(sentinelTLS === undefined ? {} : {tls: sentinelTLS}),
        });
      });
      return sentinel;
    });
  }
}
