import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {randomInt} from 'node:crypto';
import {once} from 'node:events';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {promisify} from 'node:util';
import {Redis} from 'ioredis';
import {ensureSecret} from '../bootstrap/ensure-secret.ts';
import {ensureAllSecrets} from '../bootstrap/recipes.ts';
import {loadEnvironment} from '../environment/load.ts';
import {ports} from '../lib/names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {configFolder, dataFolder, redisFiles, redisSecretFiles, runFolder} from '../redis/files.ts';
import {masterName} from '../redis/names.ts';
import {secretPath, secretsFolder} from '../secrets/files.ts';
import type {RedisUser} from '../secrets/names.ts';
import {SecretStore} from './secret-store.ts';

type Program = 'redis' | 'sentinel';

// Tests that run at the same time have networks of their own.
const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 8;
const folders = [secretsFolder, configFolder, runFolder, dataFolder];
interface PodsOptions {
  /** After which sentinels miss a Redis. @default 2000: it is waited for in each test */
  readonly downAfterMs?: number;
}

// Sentinels whose votes were split try again after twice this time.
const failoverTimeoutMs = 5000;

/**
 * The files of the pods and the Secrets of bootstrap in folders of this machine, started as the pods start them: a pod
 * is a loopback address of its own, so that ports are the real ones.
 */
export class RedisPods implements AsyncDisposable {
  readonly secrets = new SecretStore();
  readonly hosts: readonly string[];
  readonly #root: string;
  readonly #running = new Map<string, ChildProcess>();
  readonly #log: string[] = [];
  readonly #downAfterMs: number;

  private constructor(root: string, {downAfterMs = 2000}: PodsOptions) {
    this.#root = root;
    this.#downAfterMs = downAfterMs;
    const network = `127.${8 * randomInt(1, 31) + worker}.${randomInt(1, 255)}`;
    this.hosts = [1, 2, 3].map((number) => `${network}.${number}`);
  }

  static async create(options: PodsOptions = {}): Promise<RedisPods> {
    const pods = new RedisPods(await mkdtemp(join(tmpdir(), 'otp-redis-pods-')), options);
    await ensureAllSecrets(loadEnvironment('example', projectRoot), (recipe) =>
      ensureSecret(pods.secrets.cluster, recipe),
    );
    for (const ordinal of pods.hosts.keys()) await pods.#write(ordinal);
    return pods;
  }

  host(ordinal: number): string {
    return this.hosts[ordinal] ?? '';
  }

  /** Everything that the programs have said, for a failure's message. */
  get log(): string {
    return this.#log.join('');
  }

  async #write(ordinal: number): Promise<void> {
    for (const folder of folders) await mkdir(this.#path(ordinal, folder), {recursive: true});
    const files = redisFiles('replicated', {
      hosts: this.hosts,
      localHost: this.host(ordinal),
      bind: this.host(ordinal),
      maxMemoryMiB: 32,
      backlogMiB: 1,
    });
    for (const [name, text] of Object.entries(files)) {
      const here = text
        .replace(/(down-after-milliseconds \w+) \d+/, `$1 ${this.#downAfterMs}`)
        .replace(/(failover-timeout \w+) \d+/, `$1 ${failoverTimeoutMs}`)
        .replace('turn=180', 'turn=1');
      await writeFile(this.#path(ordinal, `${configFolder}/${name}`), this.#here(ordinal, here));
    }
    await this.writeSecrets(ordinal);
  }

  /** What the kubelet does with the Secrets as they are now. */
  async writeSecrets(ordinal: number): Promise<void> {
    for (const file of redisSecretFiles) {
      const path = this.#path(ordinal, secretPath(file));
      await mkdir(join(path, '..'), {recursive: true});
      await writeFile(path, this.secrets.values(`otp/${file.secret}`)[file.key] ?? '');
    }
  }

  #path(ordinal: number, path: string): string {
    return join(this.#root, String(ordinal), path);
  }

  #here(ordinal: number, text: string): string {
    return folders.reduce((changed, folder) => changed.replaceAll(folder, this.#path(ordinal, folder)), text);
  }

  /** Starts both programs of the pods, or one. */
  start(ordinals: readonly number[], programs: readonly Program[] = ['redis', 'sentinel']): void {
    for (const ordinal of ordinals)
      for (const program of programs) {
        const child = spawn('sh', [this.#path(ordinal, `${configFolder}/start-${program}.sh`)], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: {...process.env, HOSTNAME: `otp-redis-${ordinal}`},
          // A group of its own: a script and what it has started die together, as in a container.
          detached: true,
        });
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (text: string) => this.#log.push(`${program}-${ordinal} ${text}`));
        this.#running.set(`${program}-${ordinal}`, child);
      }
  }

  /** Ends programs as a power loss does, or as a kubelet. */
  async stop(
    ordinals: readonly number[],
    {
      programs = ['redis', 'sentinel'],
      signal = 'SIGKILL',
    }: {programs?: readonly Program[]; signal?: NodeJS.Signals} = {},
  ): Promise<void> {
    const names = ordinals.flatMap((ordinal) => programs.map((program) => `${program}-${ordinal}`));
    await Promise.all(
      names.map(async (name) => {
        const child = this.#running.get(name);
        this.#running.delete(name);
        if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
        process.kill(-child.pid, signal);
        await once(child, 'exit');
      }),
    );
  }

  /** The volume of a pod is lost. */
  async loseVolume(ordinal: number): Promise<void> {
    await rm(this.#path(ordinal, dataFolder), {recursive: true});
    await mkdir(this.#path(ordinal, dataFolder));
  }

  /** Runs a script of the pod; returns what it says. */
  async run(ordinal: number, script: string, ...args: string[]): Promise<string> {
    const {stdout, stderr} = await promisify(execFile)(
      'sh',
      [this.#path(ordinal, `${configFolder}/${script}`), ...args],
      {env: {...process.env, HOSTNAME: `otp-redis-${ordinal}`}},
    );
    return stdout + stderr;
  }

  read(ordinal: number, file: string): Promise<string> {
    return readFile(this.#path(ordinal, `${dataFolder}/${file}`), 'utf8');
  }

  password(user: RedisUser): string {
    return this.secrets.values(`otp/otp-redis-${user}`).password ?? '';
  }

  /** A command to a pod's Redis or Sentinel; throws what it answers with or that it does not. */
  async call(
    ordinal: number,
    user: RedisUser,
    command: readonly string[],
    {program = 'redis', password = this.password(user)}: {program?: Program; password?: string} = {},
  ): Promise<unknown> {
    const redis = new Redis({
      host: this.host(ordinal),
      port: program === 'redis' ? ports.redis : ports.sentinel,
      username: user,
      password,
      tls: {ca: this.secrets.values('otp/otp-redis-tls')['ca.crt'] ?? '', servername: 'otp-redis.otp.svc'},
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      lazyConnect: true,
      connectTimeout: 10_000,
      commandTimeout: 10_000,
    });
    redis.on('error', () => undefined);
    try {
      const [name = '', ...args] = command;
      return await redis.call(name, ...args);
    } finally {
      redis.disconnect();
    }
  }

  /** Ordinal of the pod that all sentinels that answer name, and that takes writes. */
  async findMaster(): Promise<number | undefined> {
    const named = await Promise.all(
      this.hosts.map((_host, ordinal) =>
        this.call(ordinal, 'ops', ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName], {program: 'sentinel'}).then(
          (answer) => String((answer as string[] | null)?.[0]),
          () => undefined,
        ),
      ),
    );
    const answers = named.filter((each) => each !== undefined);
    const ordinal = this.hosts.findIndex((host) => answers.length >= 2 && answers.every((each) => each === host));
    if (ordinal < 0) return undefined;
    await this.call(ordinal, 'app', ['SET', 'otp:test', 'written']);
    return ordinal;
  }

  /** The master, as soon as two replicas are in step with it and could follow it; only one that is not `besides`. */
  async masterInStep({besides}: {besides?: number} = {}): Promise<number> {
    return this.until('master with two replicas in step', async () => {
      const master = await this.findMaster();
      if (master === undefined || master === besides) return undefined;
      const info = String(await this.call(master, 'ops', ['INFO', 'replication']));
      if (info.match(/state=online/g)?.length !== 2) return undefined;
      const others = [0, 1, 2].filter((ordinal) => ordinal !== master);
      const replicas = await Promise.all(others.map((other) => this.call(other, 'ops', ['INFO', 'replication'])));
      return replicas.some((each) => String(each).includes('slave_priority:0')) ? undefined : master;
    });
  }

  /** What a pod's sentinel believes of the priority of each replica. */
  async believedPriorities(ordinal: number): Promise<(string | undefined)[]> {
    const replicas = await this.call(ordinal, 'ops', ['SENTINEL', 'REPLICAS', masterName], {program: 'sentinel'});
    // Names and values in turn.
    return (replicas as string[][]).map((replica) => replica[replica.indexOf('slave-priority') + 1]);
  }

  async until<T>(what: string, look: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      const seen = await look().catch(() => undefined);
      if (seen !== undefined) return seen;
      await wait(50);
    }
    throw new Error(`no ${what} within ${timeoutMs} ms\n${this.log}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop([0, 1, 2]);
    await rm(this.#root, {recursive: true});
  }
}
