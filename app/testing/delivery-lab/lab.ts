import {type ChildProcess, fork} from 'node:child_process';
import {createSecretKey, randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {messageIdOf, sealAddress, sealCode} from '../../delivery/message.ts';
import {createKeyring} from '../../domain/keyring.ts';
import {pseudonymOf} from '../../domain/pseudonym.ts';
import {issueId, nameTag} from '../../domain/verification-id.ts';
import {singleServer} from '../../store/redis/servers.ts';
import {RedisStore} from '../../store/redis-store.ts';
import type {Address} from '../../store/store.ts';
import {addressOf} from '../../usecases/context.ts';
import {connectTo} from '../redis-connection.ts';
import {startRedis} from '../redis-server.ts';
import {until} from '../until.ts';
import type {WorkerSettings} from './worker-settings.ts';

const program = fileURLToPath(new URL('worker-process.ts', import.meta.url));

/** A message that was queued. */
export interface Queued {
  readonly address: Address;
  /** What the far side knows it by. */
  readonly messageId: string;
}

export interface WorkerProcess {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves once it takes messages. */
  readonly ready: Promise<void>;
  usage(): Promise<{readonly rssBytes: number; readonly peakBytes: number; readonly cpuMs: number}>;
}

/** A real Redis, a store that queues messages in it, and processes that deliver them. */
export async function openDeliveryLab() {
  const resources = new AsyncDisposableStack();
  const redisServer = resources.use(await startRedis());
  const redis = connectTo(redisServer.url, {timeoutMs: 10_000});
  resources.defer(() => redis.disconnect());
  await until('a connection', () => redis.status === 'ready');
  const secret = randomBytes(32);
  const keys = createKeyring([{kid: 'test', secret}]).current;
  const pseudonymKey = createSecretKey(randomBytes(32));
  const store = new RedisStore({servers: singleServer(redis)});
  let workers = 0;
  return {
    store,
    redis,
    /** Creates a verification, as an API process does. */
    async create(recipient: string): Promise<Queued> {
      const {partition, tag} = pseudonymOf(pseudonymKey, 'shop', 'login', recipient);
      const ref = issueId(keys, {
        clientTag: nameTag('shop'),
        policyTag: nameTag('login'),
        partition,
        recipientTag: tag,
        lifetimeSeconds: 300,
        createdAt: Date.now(),
        random: randomBytes(8),
      });
      const address = addressOf(ref);
      await store.create(address, {
        mac: 'R'.repeat(43),
        sealedCode: sealCode(keys, ref.id, '123456'),
        sealedAddress: sealAddress(keys, ref.id, {channel: 'sms', to: recipient}),
        channel: 'sms',
        maskedTo: '+41*******00',
        lifetimeMs: 300_000,
        maxAttempts: 5,
        maxPending: 2,
        resendIntervalMs: 0,
        deliver: true,
        keepCode: false,
        rateLimits: [],
      });
      return {address, messageId: messageIdOf(address, 0)};
    },
    startWorker(settings: Pick<WorkerSettings, 'providerUrl' | 'claimMs'> & {maxConnections?: number}): WorkerProcess {
      const name = `worker-${++workers}`;
      const child = fork(
        program,
        [
          JSON.stringify({
            name,
            redisUrl: redisServer.url,
            secret: secret.toString('base64'),
            maxConnections: 32,
            ...settings,
          }),
        ],
        {stdio: ['ignore', 'inherit', 'inherit', 'ipc']},
      );
      const ended = once(child, 'exit');
      resources.defer(async () => {
        child.kill('SIGKILL');
        await ended;
      });
      return {
        name,
        child,
        ready: Promise.race([once(child, 'message'), ended]).then(() => {}),
        async usage() {
          child.send('usage');
          const [answer] = await once(child, 'message');
          return answer;
        },
      };
    },
    /** Messages that are still to be handed over. */
    async waiting(): Promise<number> {
      const keys = await redis.keys('otp:*:outbox');
      const lengths = await Promise.all(keys.map((key) => redis.xlen(key)));
      return lengths.reduce((sum, length) => sum + length, 0);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
