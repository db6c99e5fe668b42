import {Agent, get} from 'node:https';
import type {TLSSocket} from 'node:tls';

export interface HttpsAnswer {
  readonly status: number | undefined;
  readonly body: string;
  /** SHA-256 of the certificate that the server has shown on this connection. */
  readonly fingerprint256: string;
  /** Whether the connection had served another request before. */
  readonly reused: boolean;
}

/** One connection that is kept open from request to request; trusts only `ca`. */
export function httpsConnection(ca: string, servername = 'localhost') {
  const agent = new Agent({keepAlive: true, maxSockets: 1, ca, servername, maxCachedSessions: 0});
  return {
    get: (url: string): Promise<HttpsAnswer> =>
      new Promise((resolve, reject) => {
        const request = get(url, {agent}, async (response) => {
          const {fingerprint256} = (response.socket as TLSSocket).getPeerCertificate();
          let body = '';
          for await (const chunk of response.setEncoding('utf8')) body += chunk;
          resolve({status: response.statusCode, body, fingerprint256, reused: request.reusedSocket});
        }).on('error', reject);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
