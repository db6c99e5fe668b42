import type {ServiceProcess} from './service-process.ts';

/** Calls a service in development mode as its client there does. */
export async function callService(
  {url}: Pick<ServiceProcess, 'url'>,
  method: string,
  path: string,
  body?: object,
  idempotencyKey?: string,
) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: 'Bearer otp_dev_development-only-key',
      ...(body === undefined ? {} : {'content-type': 'application/json'}),
      ...(idempotencyKey === undefined ? {} : {'idempotency-key': idempotencyKey}),
    },
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
  });
  const text = await response.text();
  return {status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text)};
}

export const createAt = (service: ServiceProcess, to: string, idempotencyKey?: string) =>
  callService(service, 'POST', '/v1/verifications', {to}, idempotencyKey);

export const checkAt = (service: ServiceProcess, id: string, code: string) =>
  callService(service, 'POST', `/v1/verifications/${id}/check`, {code});
