/** What a worker process is started with. */
export interface WorkerSettings {
  /** Names it to Redis and, as `x-worker`, to the far side. */
  readonly name: string;
  readonly redisUrl: string;
  readonly providerUrl: string;
  /** 32 bytes in base64. */
  readonly secret: string;
  readonly claimMs: number;
  readonly maxConnections: number;
}
