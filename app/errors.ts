/** Every error that a caller can meet: what `code` means, and the one HTTP status that it comes with. */
export const errorTable = {
  invalid_request: {status: 400, title: 'The request is not valid'},
  unauthenticated: {status: 401, title: 'An API key is missing or not valid'},
  forbidden: {status: 403, title: 'The API key does not allow this'},
  route_not_found: {status: 404, title: 'There is nothing at this address'},
  policy_not_found: {status: 404, title: 'The client has no policy of this name'},
  verification_not_found: {status: 404, title: 'There is no such verification'},
  method_not_allowed: {status: 405, title: 'The address does not take this method'},
  idempotency_conflict: {status: 409, title: 'The idempotency key came with another request'},
  verification_already_approved: {status: 409, title: 'The code has been used'},
  verification_canceled: {status: 409, title: 'The verification was canceled'},
  verification_locked: {status: 409, title: 'The code was locked after too many wrong checks'},
  verification_superseded: {status: 409, title: 'A newer code has replaced this one'},
  verification_undeliverable: {status: 409, title: 'The code could not be delivered'},
  verification_expired: {status: 410, title: 'The code has expired'},
  verification_lost: {status: 410, title: 'The verification was lost; create a new one'},
  payload_too_large: {status: 413, title: 'The body is too large'},
  unsupported_media_type: {status: 415, title: 'The body must be JSON'},
  binding_mismatch: {status: 422, title: 'The values are not those that the code is bound to'},
  channel_not_allowed: {status: 422, title: 'The policy does not send over this channel'},
  code_incorrect: {status: 422, title: 'The code is not right'},
  recipient_invalid: {status: 422, title: 'The recipient is no phone number or mail address'},
  check_too_soon: {status: 429, title: 'Wait before the next check'},
  rate_limited: {status: 429, title: 'Too many requests'},
  recipient_locked: {status: 429, title: 'The recipient is locked after too many wrong checks'},
  resend_limit_reached: {status: 429, title: 'The code was resent as often as the policy allows'},
  resend_too_soon: {status: 429, title: 'Wait before the next message to this recipient'},
  internal_error: {status: 500, title: 'The service failed'},
  outcome_unknown: {status: 503, title: 'The store did not answer; the request may have taken effect'},
  store_unavailable: {status: 503, title: 'The store is out of reach; nothing was changed'},
} as const satisfies Record<string, {status: number; title: string}>;

export type ErrorCode = keyof typeof errorTable;

/** Faults that an answer names: a caller mends one after the other, and a small request gets no large answer. */
export const maxFieldErrors = 10;

/** A fault in one field. */
export interface FieldError {
  /** RFC 6901 pointer into the body. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemOptions {
  readonly code: ErrorCode;
  /** For the caller: what is wrong with this request, and what would help. Never holds a code or a whole recipient. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  /** Further members of the answer. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** What logs and metrics call it. @default `code` */
  readonly outcome?: string;
  /** For operators: goes to the log and never to the caller. */
  readonly operatorDetail?: string;
}

/** An answer that is not a success (RFC 9457). Thrown by routes and plugins, answered by `plugins/problem.ts`. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly statusCode: number;
  readonly options: ProblemOptions;

  constructor(options: ProblemOptions) {
    // It is an answer and no accident: nobody reads where it was made, and finding that out costs 3 µs.
    const {stackTraceLimit} = Error;
    Error.stackTraceLimit = 0;
    super(options.detail);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Problem';
    this.code = options.code;
    this.statusCode = errorTable[options.code].status;
    this.options = options;
  }
}
