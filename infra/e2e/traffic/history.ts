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
  /** The service refused to create it. */
  | 'not_created'
  /** It was never created, since no pod has answered before the user gave up. */
  | 'never_reached';

export interface Journey {
  /** The phase in which its code was created, and the one in which it was presented. */
  readonly createdIn: string;
  readonly checkedIn?: string;
  readonly ending: Ending;
  /** From the first attempt to create it to the answer that did, in ms. */
  readonly createdMs?: number;
  /** From the first presentation of the code to the answer that settled it, in ms. */
  readonly settledMs?: number;
  /** What the last answer was, for an ending that needs explaining. */
  readonly last?: string;
}

export interface PhaseTally {
  readonly phase: string;
  readonly creates: number;
  /** Creations that the service answered with anything but 201, and those that reached no pod however often they were repeated. */
  readonly createFailures: Readonly<Record<string, number>>;
  readonly checks: number;
  /** Checks that the service answered 5xx, by `status code`. */
  readonly checkFailures: Readonly<Record<string, number>>;
  /** Requests that no pod has answered: what the ingress controller said in its place. Users repeat them. */
  readonly unreached: Readonly<Record<string, number>>;
  /** The longest that a right code waited for its final answer, in ms. */
  readonly slowestCheckMs: number;
  /** The slowest creation, with its repetitions, in ms. */
  readonly slowestCreateMs: number;
  readonly approved: number;
  readonly approvedTwice: number;
  readonly lost: number;
  readonly unexplained: readonly string[];
}

/** Whether no pod has answered: there was no answer, or one of the ingress controller's own, which has no code. */
export const isUnreached = ({status, code}: Pick<Request, 'status' | 'code'>): boolean =>
  status === 0 || ([502, 503, 504].includes(status) && code === undefined);

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
    createFailures: {
      ...byAnswer(creates.filter((request) => request.status !== 201 && !isUnreached(request))),
      ...neverReached(journeys.filter(({createdIn}) => createdIn === phase)),
    },
    checks: checks.length,
    checkFailures: byAnswer(checks.filter((request) => request.status >= 500 && !isUnreached(request))),
    unreached: byAnswer(own.filter(isUnreached), ({kind}) => kind),
    slowestCheckMs: Math.round(Math.max(0, ...ended.map(({settledMs = 0}) => settledMs))),
    slowestCreateMs: Math.round(
      Math.max(0, ...journeys.filter(({createdIn}) => createdIn === phase).map(({createdMs = 0}) => createdMs)),
    ),
    approved: count('approved'),
    approvedTwice: count('approved_twice'),
    lost: count('lost'),
    unexplained: ended.filter(({ending}) => ending === 'unexplained').map(({last}) => last ?? 'no answer'),
  };
}

function neverReached(journeys: readonly Journey[]): Record<string, number> {
  const count = journeys.filter(({ending}) => ending === 'never_reached').length;
  return count === 0 ? {} : {'never reached': count};
}

function byAnswer(
  requests: readonly Request[],
  prefix: (request: Request) => string | undefined = () => undefined,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const request of requests) {
    const {status, code} = request;
    const answer = [prefix(request), status === 0 ? 'no answer' : status, code].filter(Boolean).join(' ');
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}
