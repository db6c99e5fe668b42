import {draftTagOf} from '../domain/verification-id.ts';
import {type HeldRequest, type HeldVerification, type Holding, type RememberedOutcome, shifted} from './holding.ts';
import type {MemoryCollections} from './memory-collections.ts';
import type {MemoryQueue} from './memory-queue.ts';
import {type RecipientRecord, remembered, requestTags, type VerificationRecord} from './memory-records.ts';
import type {MemoryMessage} from './memory-store.ts';
import {tombstoneMs} from './store.ts';

/** Names a recipient. */
export interface RecipientName {
  readonly partition: number;
  readonly recipientTag: string;
}

/** What is kept of a recipient, with its messages, which are taken out of the queue; undefined if nothing is kept. */
export function holdingOf(records: MemoryCollections, queue: MemoryQueue, name: RecipientName): Holding | undefined {
  const at = records.tick();
  const recipient = records.recipients.get(name.recipientTag);
  if (recipient === undefined) return undefined;
  const {failures, contexts, sendableAt, maxPending, maxAttempts, blockAfter} = recipient;
  return {
    ...name,
    failures,
    contexts: [...(contexts ?? [])].map(([contextTag, {failures, checkableAt, lockedUntil}]) => ({
      contextTag,
      failures,
      checkableInMs: checkableAt - at,
      lockedInMs: lockedUntil - at,
    })),
    sendableInMs: sendableAt - at,
    maxPending,
    maxAttempts,
    blockAfter,
    verifications: recipient.codes
      .filter(({tag}) => records.verifications.has(tag))
      .map((record) => heldVerification(record, queue, at)),
    requests: requestTags(recipient).flatMap((tag): HeldRequest[] => {
      const request = records.request(tag);
      if (request === undefined) return [];
      const {fingerprint, endsAt, outcome} = request;
      return [{tag, fingerprint, endsInMs: endsAt - at, outcome: shifted(outcome, -at)}];
    }),
  };
}

function heldVerification(record: VerificationRecord, queue: MemoryQueue, at: number): HeldVerification {
  const {createdAt, expiresAt, delivery, provider, deliveryAt, ...rest} = record;
  const message = queue.withdraw(record);
  return {
    ...rest,
    createdAgeMs: at - createdAt,
    expiresInMs: expiresAt - at,
    delivery: {status: delivery, ...(provider === '' ? {} : {provider}), updatedAgeMs: at - deliveryAt},
    ...(message === undefined
      ? {}
      : {
          message: {
            id: message.address.id,
            ...(message.address.owner === undefined ? {} : {owner: message.address.owner}),
            sealedCode: message.sealedCode,
            sealedAddress: message.sealedAddress,
            resends: message.resends,
            queuedAgeMs: at - message.queuedAt,
            ...(message.avoid === undefined ? {} : {avoid: message.avoid}),
            ...(message.channel === undefined ? {} : {channel: message.channel}),
          },
        }),
  };
}

/** Gives the messages of a holding that stays here back to the queue. */
export function giveBackMessages(records: MemoryCollections, queue: MemoryQueue, holding: Holding): void {
  const at = records.tick();
  for (const {tag, message} of holding.verifications) {
    const record = records.verifications.get(tag);
    if (message !== undefined && record !== undefined) queue.giveBack(memoryMessage(holding, message, record, at));
  }
}

function memoryMessage(
  {partition, recipientTag}: RecipientName,
  {id, owner, queuedAgeMs, ...message}: NonNullable<HeldVerification['message']>,
  {tag, expiresAt}: VerificationRecord,
  at: number,
): MemoryMessage {
  const address = {id, partition, recipientTag, tag, ...(owner === undefined ? {} : {owner})};
  return {...message, address, expiresAt, queuedAt: at - queuedAgeMs};
}

/** Forgets a recipient. */
export function drop(records: MemoryCollections, {recipientTag}: RecipientName): void {
  const key = recipientTag;
  const recipient = records.recipients.get(key);
  if (recipient === undefined) return;
  for (const {tag} of recipient.codes) records.verifications.delete(tag);
  for (const request of requestTags(recipient)) records.requests.delete(request);
  records.recipients.delete(key);
}

/** Takes over what another process held: its failures are added to those that are counted here. */
export function takeOver(records: MemoryCollections, queue: MemoryQueue, holding: Holding, maxFailures: number): void {
  const at = records.tick();
  const {recipientTag} = holding;
  const recipient = records.recipient(holding);
  records.recipients.set(recipientTag, recipient);
  addFailures(recipient, holding, maxFailures, at);
  recipient.sendableAt = Math.max(recipient.sendableAt, at + holding.sendableInMs);
  recipient.maxPending = holding.maxPending;
  recipient.maxAttempts = holding.maxAttempts;
  if (holding.blockAfter > 0) recipient.blockAfter = holding.blockAfter;
  let untold = false;
  let keepUntil = holding.failures > 0 ? at + rememberInOutageMs : at;
  for (const held of holding.verifications) {
    const record = recordOf(held, at);
    const endsAt = record.expiresAt + tombstoneMs;
    if (endsAt <= at) continue;
    const key = held.tag;
    if (endCopies(recipient, record) === 'record') untold = true;
    records.verifications.set(key, record);
    records.endAt('verifications', key, endsAt);
    recipient.codes.push(record);
    keepUntil = Math.max(keepUntil, endsAt);
    if (held.message !== undefined) queue.giveBack(memoryMessage(holding, held.message, record, at));
  }
  supersedeOldest(recipient, at);
  recipient.codes = remembered(recipient.codes, at);
  for (const {tag, fingerprint, endsInMs, outcome} of holding.requests) {
    if (untold && records.requests.has(tag)) continue;
    const request = {fingerprint, endsAt: at + endsInMs, recipient: recipientTag, outcome: shifted(outcome, at)};
    const known = records.request(tag);
    if (known?.fingerprint === fingerprint && isLater(recipient, known.outcome, request.outcome)) continue;
    records.keepRequest(tag, request, recipient);
  }
  records.keepRecipient(holding, recipient, keepUntil);
}

/**
 * Of one code there may be copies, of which the caller was told one: where it is known that there may be copies, that is it,
 * and else the one that is here already. The counterpart of `end_copies` in `scripts/adopt.lua`.
 */
function endCopies({codes}: RecipientRecord, record: VerificationRecord): 'others' | 'record' {
  const copies = codes.filter((code) => code.tag !== record.tag && draftTagOf(code) === draftTagOf(record));
  const ended = record.storeMayHaveCopy || copies.length === 0 ? copies : [record];
  for (const copy of ended) if (copy.standing === 'live') copy.standing = 'superseded';
  return ended.includes(record) ? 'record' : 'others';
}

/**
 * Of two verifications that one request was given the caller was told of the later one last: the other one ends. Where that one
 * has been approved meanwhile, the later one does: one request is worth one approval. Tells whether the later one is the one that
 * is known here.
 */
function isLater({codes}: RecipientRecord, known: RememberedOutcome, held: RememberedOutcome): boolean {
  if (known.kind !== 'created' || held.kind !== 'created' || known.id === held.id) return false;
  const [ofKnown, ofHeld] = [known, held].map(({snapshot}) =>
    codes.find((code) => code.createdAt === snapshot.createdAt),
  );
  // Which of two copies of one code ends has been decided.
  if (ofKnown !== undefined && ofHeld !== undefined && draftTagOf(ofKnown) === draftTagOf(ofHeld)) return false;
  const isKnownLater = known.snapshot.createdAt > held.snapshot.createdAt;
  const [earlier, later] = isKnownLater ? [ofHeld, ofKnown] : [ofKnown, ofHeld];
  const ended = earlier?.status === 'approved' ? later : earlier;
  if (ended?.standing === 'live') ended.standing = 'superseded';
  return isKnownLater;
}

/** How long failures are held on to that came with an outage: far longer than one lasts. */
const rememberInOutageMs = 30 * 86_400_000;

function addFailures(recipient: RecipientRecord, {failures, contexts}: Holding, maxFailures: number, at: number): void {
  recipient.failures += failures;
  recipient.blocked ||= recipient.failures >= Math.min(recipient.blockAfter || maxFailures, maxFailures);
  for (const {contextTag, failures, checkableInMs, lockedInMs} of contexts) {
    const known = recipient.contexts?.get(contextTag) ?? {failures: 0, checkableAt: 0, lockedUntil: 0};
    recipient.contexts ??= new Map();
    recipient.contexts.set(contextTag, {
      failures: known.failures + failures,
      checkableAt: Math.max(known.checkableAt, checkableInMs > 0 ? at + checkableInMs : 0),
      lockedUntil: Math.max(known.lockedUntil, lockedInMs > 0 ? at + lockedInMs : 0),
    });
  }
}

/** While it was held elsewhere others may have been created here: the ones that go are those that end first. */
function supersedeOldest({codes, maxPending}: RecipientRecord, at: number): void {
  codes.sort((a, b) => a.expiresAt - b.expiresAt);
  const live = codes.filter(({standing, expiresAt}) => standing === 'live' && expiresAt > at);
  for (const code of live.slice(0, Math.max(0, live.length - maxPending))) code.standing = 'superseded';
}

function recordOf(held: HeldVerification, at: number): VerificationRecord {
  const {createdAgeMs, expiresInMs, delivery, message: _message, ...rest} = held;
  return {
    ...rest,
    createdAt: at - createdAgeMs,
    expiresAt: at + expiresInMs,
    delivery: delivery.status,
    provider: delivery.provider ?? '',
    deliveryAt: at - delivery.updatedAgeMs,
  };
}
