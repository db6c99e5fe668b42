import {parseArgs} from 'node:util';
import {type CodeSource, codeSources, flowsOf, MIXED} from './flows/flow.ts';
import {profileNamed, profiles} from './profiles/index.ts';
import {durationSeconds, type Profile, peakPerSecond} from './profiles/profile.ts';
import {targetUrl} from './target.ts';

export interface LoadArguments {
  readonly profile: Profile;
  readonly flow: string;
  readonly url: URL;
  readonly codes: CodeSource;
  /** The service's policy; that of its client when absent. */
  readonly policy: string | undefined;
}

/**
 * Reads the command line.
 * @returns `'help'` when help was asked for.
 * @throws Error whose message is meant for the caller.
 */
export function parseLoadArguments(argv: readonly string[]): LoadArguments | 'help' {
  const {values, positionals} = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      url: {type: 'string', default: 'http://127.0.0.1:8080'},
      flow: {type: 'string', default: MIXED},
      codes: {type: 'string', default: 'inbox'},
      policy: {type: 'string'},
      'allow-remote': {type: 'boolean', default: false},
      help: {type: 'boolean', short: 'h', default: false},
    },
  });
  if (values.help) return 'help';
  const [name, ...rest] = positionals;
  const names = profiles.map((profile) => profile.name).join(', ');
  if (!name) throw new Error(`name a profile: ${names}`);
  if (rest.length > 0) throw new Error(`one profile at a time, got: ${positionals.join(' ')}`);
  const profile = profileNamed(name);
  const codes = codeSources.find((source) => source === values.codes);
  if (codes === undefined) throw new Error(`--codes '${values.codes}': expected ${codeSources.join(' or ')}`);
  flowsOf(values.flow, codes);
  const url = targetUrl(values.url, values['allow-remote']);
  return {profile, flow: values.flow, url, codes, policy: values.policy};
}

export function helpText(): string {
  const shapes = profiles.map(
    (profile) =>
      `  ${profile.name.padEnd(12)} up to ${peakPerSecond(profile)}/s, ${durationSeconds(profile)} s: ${profile.description}`,
  );
  const journeys = flowsOf(MIXED, 'inbox').map((flow) => `  ${flow.name.padEnd(12)} ${flow.description}`);
  return `npm run load -- PROFILE [--url URL] [--flow FLOW] [--codes inbox|answer] [--policy NAME] [--allow-remote]

Profiles (load shapes):
${shapes.join('\n')}

Flows (what a user does; default: ${MIXED}, all by their shares):
${journeys.join('\n')}

--url URL        the service, default http://127.0.0.1:8080
--allow-remote   allow a target that is not this machine; only for a service that is yours
--codes answer   codes come with the answers (a policy with channel direct and returnCode) instead of the development inbox
--policy NAME    the policy to ask for; default: the service's choice
OTP_API_KEY      API key, default the development key; OTP_API_KEY_FILE: a file that holds it

Needs k6 ≥ 1.0 on PATH. Reports: reports/load/PROFILE/, JSON and HTML.
Exit codes: 0 all objectives kept, 99 an objective broken, 2 not started, others are k6's own.
`;
}
