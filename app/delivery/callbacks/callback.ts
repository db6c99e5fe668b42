import type {DeliveryReport} from '../reports.ts';

/** A request that says that it comes from a provider. */
interface CallbackRequest {
  /** The address that the provider was given: it is what was signed, whatever a proxy has made of it since. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** ms since 1970. */
  readonly now: number;
}

type CallbackContent =
  /** Not by the provider, or nobody can tell. */
  | {readonly kind: 'unsigned'}
  | {readonly kind: 'report'; readonly status: DeliveryReport['status']}
  /** A state on the way that says nothing about the end. */
  | {readonly kind: 'nothing'};

/** Reads what one provider tells; its signature first. */
export type CallbackReader = (request: CallbackRequest) => CallbackContent;
