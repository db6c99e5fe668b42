/**
 * Reads the address of the service under load.
 * @throws Error that quotes the address when it is none, or is not on this machine and nobody allowed that.
 */
export function targetUrl(text: string, allowRemote: boolean): URL {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search || url.username) {
    throw new Error(`--url '${text}': expected an http or https address without path, such as http://127.0.0.1:8080`);
  }
  if (!allowRemote && !isLoopback(url.hostname)) {
    throw new Error(
      `--url '${text}' is not on this machine. Load on a service that others use is an outage; if it is yours, add --allow-remote`,
    );
  }
  return url;
}

/** By name or number, never by look-up: what a name resolves to may change between the look and the load. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Asks the service for a sign of life, and for the development inbox where the run reads codes from it.
 * @throws Error whose message says what is missing and what to do.
 */
export async function assertReady(url: URL, needsInbox: boolean): Promise<void> {
  const alive = await answerOf(new URL('/livez', url));
  if (alive instanceof Error) {
    throw new Error(`no service at ${url.href} (${alive.message}). Start it with 'npm start', or name it with --url`);
  }
  if (alive !== 200) {
    throw new Error(`${url.href} answered ${alive} to GET /livez, expected 200: is this an OTP Service?`);
  }
  if (!needsInbox) return;
  const inbox = await answerOf(new URL('/dev/inbox.json?to=probe@example.com', url));
  if (inbox !== 200) {
    throw new Error(
      `${url.href} has no development inbox (${inbox instanceof Error ? inbox.message : `answered ${inbox}`}), and the run reads the codes there. ` +
        `Load a service in development mode, or choose --flow status, which needs no codes`,
    );
  }
}

async function answerOf(url: URL): Promise<number | Error> {
  try {
    const response = await fetch(url, {signal: AbortSignal.timeout(3_000), redirect: 'error'});
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // fetch says "fetch failed"; why it failed is in the cause.
    return error.cause instanceof Error ? error.cause : error;
  }
}
