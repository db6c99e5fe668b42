import {createHash, createSecretKey, type KeyObject, randomBytes, timingSafeEqual} from 'node:crypto';
import type {TLSSocket} from 'node:tls';
import {macOf} from '../domain/mac.ts';

/** What only processes of one service have, besides a certificate: it makes the proofs below. */
export function peerKeyOf(pseudonymKey: KeyObject): KeyObject {
  return createSecretKey(macOf(pseudonymKey, 'peers v1'));
}

/** 16 bytes: whoever issues it accepts a proof over it in one connection alone. */
export function createNonce(): string {
  return randomBytes(16).toString('base64url');
}

/** What both ends of one TLS connection have in common with nobody else (RFC 8446 §7.5): ties a proof to it. */
export function bindingOf(socket: TLSSocket): string {
  return socket.exportKeyingMaterial(32, 'EXPORTER-otp-service-peer', Buffer.alloc(0)).toString('base64url');
}

/** The two ends of a connection. */
export interface Session {
  /** Who opened it. */
  readonly caller: string;
  readonly callee: string;
  readonly callerNonce: string;
  readonly calleeNonce: string;
  readonly binding: string;
}

/** Shows the caller that the callee is the instance that it says: made over the caller's nonce. */
export function calleeProof(key: KeyObject, session: Session): string {
  return prove(key, 'callee', session).toString('base64url');
}

/** Shows the callee that this call, and no other, is the caller's: made over the callee's nonce, and good once. */
export function callProof(
  key: KeyObject,
  session: Session,
  call: {sequence: number; path: string; body: string},
): string {
  const digest = createHash('sha256').update(call.body).digest('base64url');
  return prove(key, 'call', session, String(call.sequence), call.path, digest).toString('base64url');
}

export function isSameProof(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function prove(key: KeyObject, purpose: string, session: Session, ...fields: string[]): Buffer {
  const {caller, callee, callerNonce, calleeNonce, binding} = session;
  return macOf(key, purpose, caller, callee, callerNonce, calleeNonce, binding, ...fields);
}
