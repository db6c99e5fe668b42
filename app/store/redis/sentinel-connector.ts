import {type Redis, type RedisOptions, SentinelConnector} from 'ioredis';

/** On which ioredis hears of fail-overs. */
const channel = '+switch-master';

/**
 * ioredis' way through sentinels, with three things that it leaves out for the connections on which it hears of
 * fail-overs: one that fails writes nothing to the console (the others hear, and the log tells when the master is out of
 * reach), each is opened again with the credentials of now, and a subscription that is lost again before it was answered
 * is nobody's unhandled rejection, which ends the process.
 */
export class ListeningSentinelConnector extends SentinelConnector {
  constructor(given: unknown) {
    super(given as ConstructorParameters<typeof SentinelConnector>[0]);
    const options = given as RedisOptions;
    const connect = Reflect.get(this, 'connectToSentinel') as (...args: unknown[]) => Redis;
    Reflect.set(this, 'connectToSentinel', (...args: unknown[]) => {
      const [endpoint, more] = args;
      const sentinel = connect.call(this, endpoint, {...Object(more), autoResubscribe: false});
      let lost = false;
      sentinel.on('error', () => {});
      sentinel.on('ready', () => {
        if (lost) sentinel.subscribe(channel).catch(() => {});
        lost = false;
      });
      sentinel.on('reconnecting', () => {
        lost = true;
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
