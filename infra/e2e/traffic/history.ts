/** One request of a user of the run. Times are ms on the process' monotonic clock. */
export interface Request {
  readonly phase: string;
  readonly kind: 'create' | 'check';
  readonly startedAt: number;
  readonly endedAt: number;
  /** 0: no answer. */
  readonly status: number;
  readonly code?: string;
}

/** How the journey of one code ended. */
type Ending =
  /** Approved once, and refused the second time. */
  | 'approved'
  /** Approved a second time: must never be. */
  | 'approved_twice'
  /** Acknowledged at its creation, and then `verification_lost`: explained, and no longer acceptable. */
  | 'lost'
  /** The right code was refused for another reason, or not answered finally before the user gave up. */
  | 'unexplained'
  /** It was never created. */
  | 'not_created';

export interface Journey {
  /** The phase in which its code was created, and the one in which it was presented. */
  readonly createdIn: string;
  readonly checkedIn?: string;
  readonly ending: Ending;
  /** From the first presentation of the code to the answer that settled it, in ms. */
  readonly settledMs?: number;
  /** What the last answer was, for an ending that needs explaining. */
  readonly last?: string;
}

export interface PhaseTally {
  readonly phase: string;
  readonly creates: number;
  /** Creations that were not answered 201, by `status code`. */
  readonly createFailures: Readonly<Record<string, number>>;
  readonly checks: number;
  /** Checks that were answered 5xx or not at all, by `status code`. */
  readonly checkFailures: Readonly<Record<string, number>>;
  /** The longest that a right code waited for its final answer, in ms. */
  readonly slowestCheckMs: number;
  /** The slowest creation, in ms. */
  readonly slowestCreateMs: number;
  readonly approved: number;
  readonly approvedTwice: number;
  readonly lost: number;
  readonly unexplained: readonly string[];
}

/** What happened in one phase. Every journey counts in the phase in which its code was presented. */
export function tally(phase: string, requests: readonly Request[], journeys: readonly Journey[]): PhaseTally {
  const own = requests.filter((request) => request.phase === phase);
  const creates = own.filter(({kind}) => kind === 'create');
  const checks = own.filter(({kind}) => kind === 'check');
  const ended = journeys.filter(({checkedIn, createdIn}) => (checkedIn ?? createdIn) === phase);
  const count = (ending: Ending) => ended.filter((journey) => journey.ending === ending).length;
  return {
    phase,
    creates: creates.length,
    createFailures: byAnswer(creates.filter(({status}) => status !== 201)),
    checks: checks.length,
    checkFailures: byAnswer(checks.filter(({status}) => status === 0 || status >= 500)),
    slowestCheckMs: Math.round(Math.max(0, ...ended.map(({settledMs = 0}) => settledMs))),
    slowestCreateMs: Math.round(Math.max(0, ...creates.map(({startedAt, endedAt}) => endedAt - startedAt))),
    approved: count('approved'),
    approvedTwice: count('approved_twice'),
    lost: count('lost'),
    unexplained: ended.filter(({ending}) => ending === 'unexplained').map(({last}) => last ?? 'no answer'),
  };
}

function byAnswer(requests: readonly Request[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const {status, code} of requests) {
    const answer = [status === 0 ? 'no answer' : status, code].filter(Boolean).join(' ');
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}
