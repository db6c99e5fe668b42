/** The service level objectives that a run is held to, and the metrics that carry them. */

export const metricNames = {
  /** Rate: answers that are no 5xx and did not get lost. */
  available: 'otp_available',
  /** Trend, in ms: requests to the API; reading the development inbox is not among them. */
  latencyMs: 'otp_request_ms',
  /** Rate: journeys that ended as the journey's author expects. */
  journeys: 'otp_journeys',
  /** Counter of answers, tagged by flow, operation and outcome. */
  outcomes: 'otp_outcomes',
  /** Counter: a wrong or used code was approved. */
  unsafe: 'otp_unsafe_approvals',
} as const;

const objectives = {
  availability: 0.999,
  latencyP95Ms: 150,
  latencyP99Ms: 300,
} as const;

/** k6 thresholds by metric, as text. */
export function thresholdExpressions(): Record<string, readonly string[]> {
  return {
    [metricNames.available]: [`rate>=${objectives.availability}`],
    [metricNames.latencyMs]: [`p(95)<${objectives.latencyP95Ms}`, `p(99)<${objectives.latencyP99Ms}`],
    [metricNames.journeys]: [`rate>=${objectives.availability}`],
    [metricNames.unsafe]: ['count<1'],
    // An open model that cannot keep its pace measured a smaller load than it claims.
    dropped_iterations: ['count<1'],
  };
}
