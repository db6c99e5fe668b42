import {hash, timingSafeEqual} from 'node:crypto';
import type {onRequestHookHandler} from 'fastify';
import fp from 'fastify-plugin';
import type {Client, Scope} from '../domain/client.ts';
import {Problem} from '../errors.ts';

export interface AuthOptions {
  readonly clients: ReadonlyMap<string, Client>;
  /** ms since 1970. */
  readonly now: () => number;
}

/** Knows callers by their API key (`Authorization: Bearer otp_<client>_<secret>`). Only hashes of keys are kept. */
export const authPlugin = fp<AuthOptions>(async (app, {clients, now}) => {
  app.decorateRequest('client');
  app.decorateRequest('apiKeyId', '');

  app.decorate(
    'authenticate',
    (scope: Scope): onRequestHookHandler =>
      (request, _reply, done) => {
        const [, key] = /^Bearer (otp_[!-~]{1,256})$/i.exec(request.headers.authorization ?? '') ?? [];
        if (key === undefined) throw unauthenticated('Send an API key: "Authorization: Bearer otp_<client>_<secret>".');
        const sha256 = Buffer.from(hash('sha256', key, 'hex'), 'hex'); // twice as fast as asking for a buffer
        const client = clients.get(key.split('_')[1] ?? '');
        const found = client?.apiKeys.find((each) => timingSafeEqual(each.sha256, sha256));
        if (client === undefined || found === undefined) throw unauthenticated('The API key is not valid.');
        if (found.notAfter !== undefined && found.notAfter <= now())
          throw unauthenticated('The API key is not valid any more.');
        if (!found.scopes.includes(scope))
          throw new Problem({code: 'forbidden', detail: `The API key lacks the scope "${scope}".`});
        request.client = client;
        request.apiKeyId = found.id;
        done();
      },
  );
});

function unauthenticated(detail: string): Problem {
  return new Problem({code: 'unauthenticated', detail});
}

declare module 'fastify' {
  interface FastifyInstance {
    /** A hook that lets only callers with this scope pass, and sets `request.client`. */
    authenticate(scope: Scope): onRequestHookHandler;
  }
  interface FastifyRequest {
    client: Client;
    /** Of the key that was presented, for the audit log. */
    apiKeyId: string;
  }
  interface FastifyReply {
    /** What the answer was, for logs and metrics: an error's code, or the route's own word. */
    outcome?: string;
  }
}
