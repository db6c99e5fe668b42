import type {ErrorCode} from './errors.ts';

/** What a caller has to know about an error, in Markdown. docs/api.md has a section of it for every code. */
export interface ErrorGuide {
  /** What is so. */
  readonly meaning: string;
  /** What brings it about. */
  readonly when: string;
  /** What helps, and what does not. */
  readonly action: string;
}

export const errorGuide = {
  invalid_request: {
    meaning: 'The request does not have the shape that the route takes. Nothing was changed.',
    when: 'A field is missing, not known, of another type or out of its bounds; the body is no JSON; the address cannot be decoded; a key or a sealed code is none. `errors` names each field with an RFC 6901 pointer.',
    action: 'Mend the request. The same request again gets the same answer.',
  },
  unauthenticated: {
    meaning: 'Nobody is known by this API key. The answer does not say whether the client exists.',
    when: 'The header `Authorization: Bearer otp_<client>_<secret>` is missing, the key is not configured, or its `notAfter` has come.',
    action:
      'Check which key the caller was given; two are valid at a time while one replaces the other. Do not try again with the same key.',
  },
  forbidden: {
    meaning: 'The key is valid, but may not do this.',
    when: 'The route needs a scope that the key does not have; `detail` names it.',
    action: 'Use another key, or have the scope added in the configuration.',
  },
  route_not_found: {
    meaning: 'There is no such route.',
    when: 'The path is wrong, or `/dev/inbox` is asked for in production.',
    action: 'Compare the address with this page. Repeating it does not help.',
  },
  method_not_allowed: {
    meaning: 'The address exists, but does not take this method.',
    when: 'The method is wrong, such as PUT for a verification. The header `Allow` names those that there are.',
    action: 'Compare the method with this page. Repeating it does not help.',
  },
  policy_not_found: {
    meaning: 'The client has no policy of this name.',
    when: 'A verification is created under a policy that is not configured or not among the client’s, `login` if none is named; or the policy of an existing verification was removed from the configuration.',
    action: '`GET /v1/policies` lists what there is. A verification whose policy is gone is over: create another.',
  },
  verification_not_found: {
    meaning: 'The client has no verification with this id.',
    when: 'The id was never given out, was changed on its way, or belongs to another client; the three cannot be told apart.',
    action: 'Check where the id comes from. A verification that merely ended is never answered like this.',
  },
  idempotency_conflict: {
    meaning: 'The same `Idempotency-Key` came before, with another request. Nothing was changed by this one.',
    when: 'A key is used for two requests to one route about one recipient or verification within 24 hours, and what they ask for differs.',
    action:
      'Give every new request a new key, and repeat a request as it was. This is a fault of the caller’s program.',
  },
  verification_already_approved: {
    meaning: 'The code was right, once. A code is accepted once: this is a refusal and not a success.',
    when: 'A second check, a resend or a cancellation of an approved verification; among parallel right checks, all but one.',
    action:
      'Let nobody in by it. A caller that lost the answer to its own check reads the verification: `approved` is what became of it.',
  },
  verification_canceled: {
    meaning: 'The verification was canceled; its code is worth nothing.',
    when: 'A check or a resend after `DELETE`.',
    action: 'Create a new verification if the person still wants to go on.',
  },
  verification_locked: {
    meaning: 'Wrong codes have used up the attempts; not even the right code is accepted any more.',
    when: 'After `maxAttempts` wrong checks of a recipient, over all its codes, or once the recipient is blocked.',
    action: 'Create a new verification when `next.create` allows it. The failures stay counted.',
  },
  verification_superseded: {
    meaning: 'A newer code of the same recipient has taken the place of this one.',
    when: 'More verifications of the recipient were created under the policy than `maxPending` live side by side.',
    action: 'Ask the person for the newest code and check it under the newest id.',
  },
  verification_undeliverable: {
    meaning: 'No provider has taken the message; nobody has the code.',
    when: 'Every provider of the channel has refused the message for good, or none took it before the code expired.',
    action:
      'Have the person check the address, then create a new verification, perhaps to another recipient or over another channel.',
  },
  verification_expired: {
    meaning: 'The code is too old. The instant counts by the store’s clock.',
    when: 'A check or a resend from `expiresAt` on. Once the verification is no longer kept, an hour later, reading it says so too.',
    action: 'Create a new verification; `next.create` says when that is allowed.',
  },
  verification_lost: {
    meaning:
      'The verification existed, and the service has lost it: its id is authentic, its record is gone before its time.',
    when: 'The store has lost data: it was emptied, or came back older than it was.',
    action: 'Create a new verification. The old code will never be accepted.',
  },
  payload_too_large: {
    meaning: 'The body is larger than 16 KiB.',
    when: 'Whenever it is.',
    action: 'Send the documented fields only.',
  },
  unsupported_media_type: {
    meaning: 'The body is not sent as JSON.',
    when: '`Content-Type` is another than `application/json`, or is missing.',
    action: 'Send `Content-Type: application/json`.',
  },
  binding_mismatch: {
    meaning:
      'The code is bound to other values than the check has brought. It was not looked at: the answer says nothing about it. The attempt counts.',
    when: 'The verification was created with a `binding` and the check brings another or none, or brings one where there was none.',
    action:
      'Do not go on: amount or payee are not those that the person was asked to confirm. Present the same values as at the creation.',
  },
  channel_not_allowed: {
    meaning: 'The code cannot be sent over this channel.',
    when: 'The policy does not have the asked channel, or none of its channels suits the recipient: mail to a phone number, SMS to a mail address. `detail` names those that do. Or a resend of a code of `direct`, which the caller has and delivers itself.',
    action: 'Choose one of them, another policy or another recipient.',
  },
  code_incorrect: {
    meaning: 'The code is not right. The attempt counts.',
    when: 'At a check of a pending verification. `attemptsRemaining` says how many are left; with 0 the code is locked from now on.',
    action: 'Have the person type it again, not before `verification.next.check` allows it.',
  },
  recipient_invalid: {
    meaning: 'The recipient is neither a phone number that can exist nor a mail address.',
    when: 'The number lacks its country code or has a digit too many; the address lacks a domain.',
    action: 'Have the person correct it. Phone numbers are written `+41446681800`; spaces do not matter.',
  },
  check_too_soon: {
    meaning: 'After wrong codes there is a wait, which is not over. This check was not looked at and does not count.',
    when: 'From the third wrong check of a recipient on, for 1, 2 and then 4 seconds after each.',
    action: 'Wait as long as `Retry-After` says and check again. Keep what the person typed: it may be right.',
  },
  rate_limited: {
    meaning: 'Too many verifications were created for now. No message was sent.',
    when: 'A limit of the client, the policy, the recipient or the person’s IP address (`context.ip`) is used up; `RateLimit` and `RateLimit-Policy` name it.',
    action:
      'Wait as long as `Retry-After` says. Where it is the client’s own limit, spread the load or have the limit raised.',
  },
  recipient_locked: {
    meaning: 'The recipient gets no new code for now.',
    when: 'After a full round of wrong checks, for 30 seconds and twice as long after each further round, up to an hour. After `blockAfter` failures in a row it has no end; then `Retry-After` is absent.',
    action:
      'Show the person when it goes on (`next.create.at`). Neither another channel nor a new verification is a way round.',
  },
  resend_limit_reached: {
    meaning: 'The code was resent as often as the policy allows.',
    when: 'At a resend after `maxResends`.',
    action: 'Create a new verification, perhaps over another channel. Waiting does not help.',
  },
  resend_too_soon: {
    meaning: 'The last message to this recipient is too recent for another one.',
    when: 'At a creation or a resend within `resendIntervalSeconds`.',
    action: 'Wait as long as `Retry-After` says. The message that is on its way stays valid.',
  },
  internal_error: {
    meaning: 'The service has failed in a way that nobody expected.',
    when: 'Never, if all is well.',
    action: 'Try once more. Tell the operator the `instance`, by which the log knows more.',
  },
  outcome_unknown: {
    meaning: 'The store did not answer in time. The request may have taken effect, or may yet.',
    when: 'The store hangs, or the connection broke after the request was sent.',
    action:
      'Read the verification after `Retry-After` to learn what happened. Take nothing for approved that does not say so.',
  },
  store_unavailable: {
    meaning: 'The store is out of reach. Nothing was changed, nothing was counted.',
    when: 'The store refuses connections or writes, or this process does not have the key that an id names, in the middle of a rotation.',
    action: 'Send the same request again after `Retry-After`.',
  },
} as const satisfies Record<ErrorCode, ErrorGuide>;
