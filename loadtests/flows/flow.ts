/** What the load generator has to know of a journey before it runs one. */
export interface Flow {
  readonly name: string;
  readonly description: string;
  /** Part of the mixed traffic, 0–1; the shares of all flows add up to 1. */
  readonly share: number;
  /** Length of one journey on an idle service, waits included: it decides how many users are ready beforehand. */
  readonly typicalSeconds: number;
  /** Whether the journey reads codes from the development inbox, which a service in production does not have. */
  readonly readsInbox: boolean;
}

const flows: readonly Flow[] = [
  {
    name: 'verify',
    description: 'asks for a code, reads it, types it in',
    share: 0.7,
    typicalSeconds: 0.3,
    readsInbox: true,
  },
  {
    name: 'wrongGuesses',
    description: 'mistypes the code twice, then types it right',
    share: 0.1,
    typicalSeconds: 1,
    readsInbox: true,
  },
  {
    name: 'resend',
    description: 'asks for the message again, then types the newest code in',
    share: 0.1,
    typicalSeconds: 0.5,
    readsInbox: true,
  },
  {
    name: 'status',
    description: 'asks for a code, looks at its status, cancels it',
    share: 0.1,
    typicalSeconds: 0.2,
    readsInbox: false,
  },
];

/** All flows side by side, by their shares. */
export const MIXED = 'mixed';

/** @returns the flows of a run, their shares adding up to 1. @throws Error that lists the flows when there is none of this name. */
export function flowsOf(name: string): readonly Flow[] {
  if (name === MIXED) return flows;
  const found = flows.find((flow) => flow.name === name);
  if (found) return [{...found, share: 1}];
  const known = [MIXED, ...flows.map((flow) => flow.name)].join(', ');
  throw new Error(`unknown flow '${name}'; there are: ${known}`);
}
