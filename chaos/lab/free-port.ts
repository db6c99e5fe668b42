import {randomInt} from 'node:crypto';
import {once} from 'node:events';
import {createServer} from 'node:net';

// Below the range that systems take for outgoing connections (32768 up on Linux): while Redis is down, a reconnecting client could
// be given that very port as its own, connect to itself, and keep Redis from coming back.
const FIRST = 20_000;
const LAST = 32_000;

// Nothing may listen yet on what was given away a moment ago: not in this process, and not in one that runs tests beside it,
// which looks for its ports between others.
const given = new Set<number>();
const LANES = 8;
const lane = Number(process.env.VITEST_POOL_ID ?? 0) % LANES;

/** A port on 127.0.0.1 that nothing listens on now, and that this process has not given to anybody yet. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = LANES * randomInt(FIRST / LANES, LAST / LANES) + lane;
    if (given.has(port) || !(await canListen(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}
