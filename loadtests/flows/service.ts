import {sleep} from 'k6';
import exec from 'k6/execution';
import http, {type RefinedResponse} from 'k6/http';
import {Counter, Rate, Trend} from 'k6/metrics';
import {metricNames} from '../objectives.ts';
import {type OperationName, type Outcome, outcomes} from '../options.ts';

const available = new Rate(metricNames.available);
const latencyMs = new Trend(metricNames.latencyMs, true);
const outcomeCount = new Counter(metricNames.outcomes);
const journeys = new Rate(metricNames.journeys);
const unsafeApprovals = new Counter(metricNames.unsafe);

const baseUrl = __ENV.OTP_URL ?? 'http://127.0.0.1:8080';
const runId = __ENV.OTP_RUN_ID ?? `${Date.now()}`;
const headers = {
  authorization: `Bearer ${__ENV.OTP_API_KEY ?? 'otp_dev_development-only-key'}`,
  'content-type': 'application/json',
};
// "answer": the policy's channel is `direct` and the code comes back with the answer, as production allows a client of its own.
const codesComeBack = __ENV.OTP_CODES === 'answer';
const policy = __ENV.OTP_POLICY === undefined ? {} : {policy: __ENV.OTP_POLICY};
const TIMEOUT = '10s';

/** What a journey needs to know of an answer. */
export interface Answer {
  readonly httpStatus: number;
  readonly outcome: Outcome;
  /** From `Retry-After`; undefined where the answer carries none. */
  readonly retryAfterSeconds: number | undefined;
  readonly body: Partial<{id: string; status: string; code: string}>;
}

/** Codes that came back, until the journey reads them. */
const codesHeld = new Map<string, string>();

/** A recipient that no other iteration of this or an earlier run uses; example.com receives no mail (RFC 2606). */
export function freshRecipient(): string {
  return `load-${runId}-${exec.scenario.name}-${exec.scenario.iterationInTest}@example.com`;
}

export function create(to: string): Answer {
  const answer = request('create', 'POST', '/v1/verifications', {
    to,
    channel: codesComeBack ? 'direct' : 'email',
    ...policy,
  });
  if (codesComeBack && answer.body.code !== undefined) codesHeld.set(to, answer.body.code);
  return answer;
}

export function check(id: string, code: string): Answer {
  return request('check', 'POST', `/v1/verifications/${id}/check`, {code});
}

export function resend(id: string): Answer {
  return request('resend', 'POST', `/v1/verifications/${id}/resend`, {});
}

export function status(id: string): Answer {
  return request('status', 'GET', `/v1/verifications/${id}`);
}

export function cancel(id: string): Answer {
  return request('cancel', 'DELETE', `/v1/verifications/${id}`);
}

// A user who is told to come back later than this goes on with what is there.
const PATIENCE_SECONDS = 5;

/** Repeats a step that was refused for being too early when the service says to come back, if that is soon. */
export function whenAllowed(step: () => Answer): Answer {
  let answer = step();
  for (let tries = 0; tries < 3 && answer.httpStatus === 429; tries++) {
    if (answer.retryAfterSeconds === undefined || answer.retryAfterSeconds > PATIENCE_SECONDS) return answer;
    sleep(answer.retryAfterSeconds);
    answer = step();
  }
  return answer;
}

/**
 * Reads the codes sent to a recipient: those that came back, or from the development inbox, newest first.
 * Waits up to 5 s for `atLeast` messages, because sending happens after the answer to the create.
 */
export function readCodes(to: string, atLeast = 1): string[] {
  if (codesComeBack) {
    const code = codesHeld.get(to);
    codesHeld.delete(to);
    return code === undefined ? [] : [code];
  }
  for (let tries = 0; tries < 100; tries++) {
    const answer = http.get(`${baseUrl}/dev/inbox.json?to=${encodeURIComponent(to)}`, {
      headers,
      timeout: TIMEOUT,
      tags: {name: 'GET /dev/inbox.json'},
    });
    const messages = answer.status === 200 ? (answer.json() as unknown as {code: string}[]) : [];
    if (messages.length >= atLeast) return messages.map((message) => message.code);
    sleep(0.05);
  }
  return [];
}

/** A code of the same form that is certainly not this one. */
export function wrongCode(code: string): string {
  const last = Number(code.slice(-1));
  return `${code.slice(0, -1)}${(last + 1) % 10}`;
}

/** Makes a k6 scenario of a flow: whether the journey went as expected is counted. */
export function journey(flow: () => boolean): () => void {
  return () => journeys.add(flow(), flowTag());
}

/** Says that the service approved what it must refuse. */
export function unsafeApproval(): void {
  unsafeApprovals.add(1, flowTag());
}

function request(operation: OperationName, method: string, path: string, body?: object): Answer {
  const response = http.request(method, `${baseUrl}${path}`, body ? JSON.stringify(body) : null, {
    headers: body ? headers : {authorization: headers.authorization},
    timeout: TIMEOUT,
    // Without a name of its own every verification's address would be a series of its own.
    tags: {name: operation, operation},
  });
  const answer = read(response);
  const tags = {...flowTag(), operation, outcome: answer.outcome};
  available.add(answer.httpStatus > 0 && answer.httpStatus < 500, tags);
  latencyMs.add(response.timings.duration, tags);
  outcomeCount.add(1, tags);
  return answer;
}

function read(response: RefinedResponse<'text'>): Answer {
  const retryAfter = Number(response.headers['Retry-After']);
  const body = bodyOf(response);
  return {
    httpStatus: response.status,
    outcome: outcomeOf(response.status, body.code),
    retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined,
    body,
  };
}

function bodyOf(response: RefinedResponse<'text'>): Answer['body'] {
  if (!response.body) return {};
  try {
    return response.json() as object;
  } catch {
    return {};
  }
}

function outcomeOf(httpStatus: number, code: string | undefined): Outcome {
  if (httpStatus === 0) return 'no_answer';
  if (httpStatus < 300) return 'done';
  return outcomes.find((outcome) => outcome === code) ?? 'other';
}

function flowTag() {
  return {flow: exec.scenario.name};
}
