import {describe, expect, it} from 'vitest';
import {errorTable} from './errors.ts';
import {createTestApp} from './testing/test-app.ts';

describe('the OpenAPI document', () => {
  it('is version 3.1 and describes every route of the API', async () => {
    const {call} = await createTestApp();
    const {body} = await call('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const operations = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.toSorted()).toEqual([
      'DELETE /v1/verifications/{id}',
      'GET /.well-known/jwks.json',
      'GET /livez',
      'GET /readyz',
      'GET /v1/policies',
      'GET /v1/policies/{name}',
      'GET /v1/verifications/{id}',
      'POST /v1/callbacks/{provider}/{message}',
      'POST /v1/recipients/erase',
      'POST /v1/recipients/unlock',
      'POST /v1/verifications',
      'POST /v1/verifications/{id}/check',
      'POST /v1/verifications/{id}/resend',
    ]);
  });

  it('names the headers that answers come with', async () => {
    const {call} = await createTestApp();
    const {body} = await call('GET', '/openapi.json');
    const {responses} = body.paths['/v1/verifications'].post;
    expect(Object.keys(responses['201'].headers)).toEqual(['Location', 'RateLimit', 'RateLimit-Policy']);
    for (const status of ['429', '503']) expect(responses[status].headers).toHaveProperty('Retry-After');
  });

  it('names every error code with its status, and none that the table does not have', async () => {
    const {call} = await createTestApp();
    const {body} = await call('GET', '/openapi.json');
    const documented = new Map<string, string>();
    for (const methods of Object.values(
      body.paths as Record<
        string,
        Record<
          string,
          {responses: Record<string, {content?: Record<string, {schema: {properties?: {code?: {enum: string[]}}}}>}>}
        >
      >,
    )) {
      for (const {responses} of Object.values(methods)) {
        for (const [status, {content}] of Object.entries(responses)) {
          for (const code of content?.['application/problem+json']?.schema.properties?.code?.enum ?? [])
            documented.set(code, status);
        }
      }
    }
    // These belong to no route: there is none, or it broke.
    const anywhere = ['route_not_found', 'method_not_allowed', 'internal_error'];
    const table = Object.entries(errorTable).filter(([code]) => !anywhere.includes(code));
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries(table.map(([code, {status}]) => [code, String(status)])),
    );
  });
});

describe('the service', () => {
  it('serves its documentation as a page', async () => {
    const {app} = await createTestApp();
    const page = await app.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    const parts = [...page.body.matchAll(/(?:src|href)="(.+?)"/g)].map(([, path]) => `/${path}`);
    expect(parts).toHaveLength(4);
    for (const path of parts) expect(await app.inject(path), path).toMatchObject({statusCode: 200});
    expect((await app.inject('/docs/')).headers.location).toBe('../docs');
  });

  it('is alive and ready', async () => {
    const {call} = await createTestApp();
    expect(await call('GET', '/livez')).toMatchObject({status: 200, body: {status: 'alive'}});
    expect(await call('GET', '/readyz')).toMatchObject({status: 200, body: {status: 'ready'}});
  });

  it('has no development inbox unless it is given one', async () => {
    const {call} = await createTestApp();
    expect((await call('GET', '/dev/inbox.json')).status).toBe(404);
  });
});
