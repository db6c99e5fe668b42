import type {Environment} from '../environment/schema.ts';

/** Above 10000: no account of a host has such an id, whatever escapes the container owns nothing there. */
export const uids = {app: 10001, redis: 10002, ops: 10003} as const;

/** Satisfies Pod Security `restricted`; user ids are left out where the platform assigns them. */
export function podSecurity({security}: Environment, uid: number) {
  const ids = security.fixedUids ? {runAsUser: String(uid), runAsGroup: String(uid), fsGroup: String(uid)} : {};
  return {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}, ...ids};
}

/** `runAsNonRoot` stands here again: the provider writes `false` into a container that does not say it. */
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: {drop: ['ALL']},
};
