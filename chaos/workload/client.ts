import {performance} from 'node:perf_hooks';
import {Agent, fetch} from 'undici';
import type {Messages, Offer} from '../executors/reached.ts';
import {type Guess, type Operation, type OperationKind, outcomeOf} from '../history.ts';
import type {PolicyName} from './policies.ts';

export interface ClientOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** After this the client gives up; far above the service's own limits, so that a hang is seen as one. */
  readonly timeoutMs: number;
  /** `performance.now()` at the start of the run. */
  readonly originMs: number;
  readonly offer: Pick<Offer, 'channel' | 'policyOf'>;
  readonly messages: Messages;
}

/** What an act is about; copied into the history. */
type Subject = Pick<Operation, 'phase' | 'user' | 'recipient'> &
  Partial<Pick<Operation, 'verificationId' | 'guess' | 'idempotencyKey'>>;

/** `code` in `body` is the error's, or the one-time code where the service returns it. */
interface Answer {
  readonly httpStatus: number | undefined;
  readonly errorCode: string | undefined;
  readonly retryAfterMs?: number;
  readonly body: Partial<{id: string; createdAt: string; expiresAt: string; attemptsRemaining: number; code: string}>;
}

// As applications have a pool: a thousand new connections in one moment would wait longer for each other than for the service.
const CONNECTIONS = 256;
const dispatcher = new Agent({connections: CONNECTIONS});

/** Calls the service and writes every call into the history, whatever becomes of it. */
export class Client {
  readonly operations: Operation[] = [];
  readonly #options: ClientOptions;
  // Codes that came with the answer to their create.
  readonly #returned = new Map<string, {code: string; seenMs: number}>();
  // Resends that were acknowledged, or may have happened.
  readonly #resends = new Map<string, number>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Opens the connections that a burst of calls needs. */
  async connect(): Promise<void> {
    await Promise.all(Array.from({length: CONNECTIONS}, () => this.#request('GET', '/readyz')));
  }

  /** Ms since the start of the run. */
  nowMs(): number {
    return performance.now() - this.#options.originMs;
  }

  create(subject: Subject, policy: PolicyName): Promise<Operation> {
    const {channel, policyOf} = this.#options.offer;
    const body = {to: subject.recipient, channel, policy: policyOf(policy)};
    return this.#act('create', subject, 'POST', '/v1/verifications', body);
  }

  check(subject: Subject & {verificationId: string; guess: Guess}, code: string): Promise<Operation> {
    return this.#act('check', subject, 'POST', `/v1/verifications/${subject.verificationId}/check`, {code});
  }

  resend(subject: Subject & {verificationId: string}): Promise<Operation> {
    return this.#act('resend', subject, 'POST', `/v1/verifications/${subject.verificationId}/resend`);
  }

  cancel(subject: Subject & {verificationId: string}): Promise<Operation> {
    return this.#act('cancel', subject, 'DELETE', `/v1/verifications/${subject.verificationId}`);
  }

  status(subject: Subject & {verificationId: string}): Promise<Operation> {
    return this.#act('status', subject, 'GET', `/v1/verifications/${subject.verificationId}`);
  }

  /**
   * The code that is good for a verification. Undefined where no message has come (yet), or not that of the last resend: nobody can know
   * then which one is good. No part of the history.
   */
  sentCode(verificationId: string): string | undefined {
    const newest = this.#options.messages.newestOf(verificationId);
    const isCurrent = newest && newest.resends >= (this.#resends.get(verificationId) ?? 0);
    return this.#returned.get(verificationId)?.code ?? (isCurrent ? newest.code : undefined);
  }

  /** When the first message of a verification came; ms since the start of the run. */
  messageSeenMs(verificationId: string): number | undefined {
    const returned = this.#returned.get(verificationId);
    if (returned) return returned.seenMs;
    const newest = this.#options.messages.newestOf(verificationId);
    return newest && newest.firstSeenAtMs - this.#options.originMs;
  }

  /** How often a verification had been sent again when its newest message was written; undefined where none has come. */
  resendsSeen(verificationId: string): number | undefined {
    return this.#options.messages.newestOf(verificationId)?.resends;
  }

  async #act(kind: OperationKind, subject: Subject, method: string, path: string, body?: object): Promise<Operation> {
    const startMs = this.nowMs();
    const answer = await this.#request(method, path, subject.idempotencyKey, body);
    const {id, createdAt, expiresAt, attemptsRemaining} = answer.body;
    const verificationId = subject.verificationId ?? id;
    const operation: Operation = {
      ...subject,
      index: this.operations.length,
      kind,
      startMs,
      endMs: this.nowMs(),
      outcome: outcomeOf(answer.httpStatus, answer.errorCode),
      httpStatus: answer.httpStatus,
      errorCode: answer.errorCode,
      verificationId,
      ...(kind === 'create' && createdAt && expiresAt
        ? {lifetimeMs: Date.parse(expiresAt) - Date.parse(createdAt)}
        : {}),
      ...(kind === 'check' && attemptsRemaining !== undefined ? {attemptsRemaining} : {}),
      ...(answer.retryAfterMs === undefined ? {} : {retryAfterMs: answer.retryAfterMs}),
    };
    this.operations.push(operation);
    if (kind === 'resend' && operation.outcome !== 'fail' && verificationId)
      this.#resends.set(verificationId, (this.#resends.get(verificationId) ?? 0) + 1);
    const {code} = answer.body;
    if (kind === 'create' && operation.outcome === 'ok' && id && code)
      this.#returned.set(id, {code, seenMs: operation.endMs});
    return operation;
  }

  async #request(method: string, path: string, idempotencyKey?: string, body?: object): Promise<Answer> {
    try {
      const response = await fetch(`${this.#options.baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#options.apiKey}`,
          ...(body ? {'content-type': 'application/json'} : {}),
          ...(idempotencyKey ? {'idempotency-key': idempotencyKey} : {}),
        },
        body: body ? JSON.stringify(body) : null,
        signal: AbortSignal.timeout(this.#options.timeoutMs),
        dispatcher,
      });
      const text = await response.text();
      const parsed = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
      const retryAfter = response.headers.get('retry-after');
      return {
        httpStatus: response.status,
        errorCode: response.ok ? undefined : parsed.code,
        ...(retryAfter === null ? {} : {retryAfterMs: Number(retryAfter) * 1000}),
        body: parsed,
      };
    } catch (error) {
      return {httpStatus: undefined, errorCode: reason(error), body: {}};
    }
  }
}

/** fetch says "fetch failed"; why it failed is in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'client_timeout';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
