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
  /** Whether the journey is one of messages: then it needs a service that sends some. */
  readonly needsMessages: boolean;
}

/** Where a run gets its codes from: the development inbox, or the answers of a policy with `returnCode`. */
export const codeSources = ['inbox', 'answer'] as const;
export type CodeSource = (typeof codeSources)[number];

const flows: readonly Flow[] = [
  {
    name: 'verify',
    description: 'asks for a code, reads it, types it in',
    share: 0.7,
    typicalSeconds: 0.3,
    readsInbox: true,
    needsMessages: false,
  },
  {
    name: 'wrongGuesses',
    description: 'mistypes the code twice, then types it right',
    share: 0.1,
    typicalSeconds: 1,
    readsInbox: true,
    needsMessages: false,
  },
  {
    name: 'resend',
    description: 'asks for the message again, then types the newest code in',
    share: 0.1,
    typicalSeconds: 0.5,
    readsInbox: true,
    needsMessages: true,
  },
  {
    name: 'status',
    description: 'asks for a code, looks at its status, cancels it',
    share: 0.1,
    typicalSeconds: 0.2,
    readsInbox: false,
    needsMessages: false,
  },
];

/** All flows side by side, by their shares. */
export const MIXED = 'mixed';

/** @returns the flows of a run, their shares adding up to 1. @throws Error that lists the flows when there is none of this name. */
export function flowsOf(name: string, codes: CodeSource = 'inbox'): readonly Flow[] {
  const possible = codes === 'answer' ? flows.filter((flow) => !flow.needsMessages) : flows;
  const shares = possible.reduce((sum, flow) => sum + flow.share, 0);
  if (name === MIXED) return possible.map((flow) => ({...flow, share: flow.share / shares}));
  const found = possible.find((flow) => flow.name === name);
  if (found) return [{...found, share: 1}];
  const known = [MIXED, ...possible.map((flow) => flow.name)].join(', ');
  throw new Error(`unknown flow '${name}'; there are: ${known}`);
}
