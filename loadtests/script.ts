/**
 * What k6 runs. `npm run load` starts it; by hand: `k6 run -e OTP_PROFILE=smoke loadtests/script.ts`.
 * Environment: OTP_PROFILE, OTP_FLOW, OTP_URL, OTP_API_KEY, OTP_RUN_ID (part of every recipient's name),
 * OTP_CODES (inbox or answer), OTP_POLICY, OTP_REPORT (path without ending; the directory exists) — without it the summary goes to standard output alone.
 */
import {type CodeSource, flowsOf, MIXED} from './flows/flow.ts';
import {resend as resendFlow} from './flows/resend.ts';
import {journey} from './flows/service.ts';
import {status as statusFlow} from './flows/status.ts';
import {verify as verifyFlow} from './flows/verify.ts';
import {wrongGuesses as wrongGuessesFlow} from './flows/wrong-guesses.ts';
import {compileOptions} from './options.ts';
import {profileNamed} from './profiles/index.ts';
import {htmlReport} from './report/html.ts';
import {type K6Summary, resultOf} from './report/result.ts';
import {textReport} from './report/text.ts';

// k6 finds a scenario's code by the name of an export: one per flow.
export const verify = journey(verifyFlow);
export const wrongGuesses = journey(wrongGuessesFlow);
export const resend = journey(resendFlow);
export const status = journey(statusFlow);

const profile = profileNamed(__ENV.OTP_PROFILE ?? 'smoke');
const flow = __ENV.OTP_FLOW ?? MIXED;
const codes: CodeSource = __ENV.OTP_CODES === 'answer' ? 'answer' : 'inbox';

export const options = compileOptions(profile, flowsOf(flow, codes));

export function handleSummary(summary: K6Summary): Record<string, string> {
  const result = resultOf(summary, {
    profile: profile.name,
    flow,
    codes,
    target: __ENV.OTP_URL ?? '',
    finishedAt: new Date().toISOString(),
  });
  const files: Record<string, string> = __ENV.OTP_REPORT
    ? {
        [`${__ENV.OTP_REPORT}.json`]: `${JSON.stringify(result, null, 2)}\n`,
        [`${__ENV.OTP_REPORT}.html`]: htmlReport(result),
      }
    : {};
  return {stdout: textReport(result), ...files};
}
