/** The policies that a testbed offers: one with the usual lifetime, one whose codes expire within the run (10 s is the shortest there is). */
export const policies = {
  usual: {lifetimeMs: 300_000, maxPending: 2},
  brief: {lifetimeMs: 10_000, maxPending: 2},
} as const;

export type PolicyName = keyof typeof policies;
