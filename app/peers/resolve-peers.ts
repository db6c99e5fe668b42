import {lookup} from 'node:dns/promises';

/** All addresses of the names, `host:port` each. Rejects if a name cannot be resolved. */
export async function resolvePeers(
  names: readonly {readonly host: string; readonly port: number}[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    names.map(async ({host, port}) =>
      (await lookup(host, {all: true})).map(({address, family}) =>
        family === 6 ? `[${address}]:${port}` : `${address}:${port}`,
      ),
    ),
  );
  return [...new Set(found.flat())];
}
