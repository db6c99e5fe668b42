import {Child} from './child.ts';

/** What the lab runs that npm does not bring. */
const programs = {
  'redis-server':
    'install the package redis-server (Debian, Ubuntu), redis (Fedora, Alpine, Homebrew), or take it from https://redis.io/downloads',
  'valkey-server':
    'install the package valkey-server (Debian, Ubuntu), valkey (Fedora, Alpine, Homebrew), or take it from https://valkey.io/download',
  'toxiproxy-server':
    'take it from https://github.com/Shopify/toxiproxy/releases, or go install github.com/Shopify/toxiproxy/v2/cmd/server@latest, under this name; Homebrew: toxiproxy',
} as const;

export type Program = keyof typeof programs;
/** Who plays Redis, sentinels included. */
export type RedisServerName = Extract<Program, 'redis-server' | 'valkey-server'>;

/** @throws Error that says where to get the program where it is not on the PATH. */
export async function startProgram(program: Program, args: readonly string[], logFile: string): Promise<Child> {
  try {
    return await Child.start({command: program, args, env: {PATH: process.env.PATH ?? ''}, logFile});
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new Error(`${program} is not on the PATH: ${programs[program]}`, {cause: error});
  }
}
