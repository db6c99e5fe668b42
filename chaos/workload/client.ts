import {performance} from 'node:perf_hooks';
import {type Operation, type OperationKind, outcomeOf} from '../history.ts';

export interface ClientOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** After this the client gives up; far above the service's own limits, so that a hang is seen as one. */
  readonly timeoutMs: number;
  /** `performance.now()` at the start of the run. */
  readonly originMs: number;
}

/** What an act is about; copied into the history. */
type Subject = Pick<Operation, 'phase' | 'user' | 'recipient'> &
  Partial<Pick<Operation, 'verificationId' | 'guess' | 'idempotencyKey'>>;

interface Answer {
  readonly httpStatus: number | undefined;
  readonly errorCode: string | undefined;
  readonly body: Partial<{id: string; createdAt: string; expiresAt: string}>;
}

/** Calls the service and writes every call into the history, whatever becomes of it. */
export class Client {
  readonly operations: Operation[] = [];
  readonly #options: ClientOptions;
  /** When the message of a verification was first seen; ms since the start of the run. */
  readonly messageSeenMs = new Map<string, number>();
  // A user remembers the code that was read, also when the inbox has lost it.
  readonly #codes = new Map<string, string>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Ms since the start of the run. */
  nowMs(): number {
    return performance.now() - this.#options.originMs;
  }

  create(subject: Subject, policy: string): Promise<Operation> {
    return this.#act('create', subject, 'POST', '/v1/verifications', {to: subject.recipient, channel: 'email', policy});
  }

  check(subject: Subject & {verificationId: string; guess: 'right' | 'wrong'}, code: string): Promise<Operation> {
    return this.#act('check', subject, 'POST', `/v1/verifications/${subject.verificationId}/check`, {code});
  }

  cancel(subject: Subject & {verificationId: string}): Promise<Operation> {
    return this.#act('cancel', subject, 'DELETE', `/v1/verifications/${subject.verificationId}`);
  }

  status(subject: Subject & {verificationId: string}): Promise<Operation> {
    return this.#act('status', subject, 'GET', `/v1/verifications/${subject.verificationId}`);
  }

  /** The code that was sent for a verification, or undefined where the inbox has none (yet). No part of the history. */
  async sentCode(recipient: string, verificationId: string): Promise<string | undefined> {
    if (!this.#codes.has(verificationId)) await this.#readInbox(recipient);
    return this.#codes.get(verificationId);
  }

  async #readInbox(recipient: string): Promise<void> {
    const url = `${this.#options.baseUrl}/dev/inbox.json?to=${encodeURIComponent(recipient)}`;
    try {
      const response = await fetch(url, {signal: AbortSignal.timeout(this.#options.timeoutMs)});
      const body: unknown = await response.json();
      if (!response.ok || !Array.isArray(body)) return;
      for (const {verificationId, code} of body as {verificationId: string; code: string}[]) {
        this.#codes.set(verificationId, code);
        if (!this.messageSeenMs.has(verificationId)) this.messageSeenMs.set(verificationId, this.nowMs());
      }
    } catch {
      // The inbox lives in the same store: during the fault it is away like everything else.
    }
  }

  async #act(kind: OperationKind, subject: Subject, method: string, path: string, body?: object): Promise<Operation> {
    const startMs = this.nowMs();
    const answer = await this.#request(method, path, subject.idempotencyKey, body);
    const {id, createdAt, expiresAt} = answer.body;
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
    };
    this.operations.push(operation);
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
      });
      const text = await response.text();
      const parsed = (text === '' ? {} : JSON.parse(text)) as Answer['body'] & {code?: string};
      return {httpStatus: response.status, errorCode: response.ok ? undefined : parsed.code, body: parsed};
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
