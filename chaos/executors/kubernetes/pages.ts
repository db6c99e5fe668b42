const PATIENCE_MS = 5_000;

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: {readonly state: string};
}

/**
 * The alerts of a namespace for which somebody is called out now, as an Alertmanager has them.
 * @param alertmanager its address, such as http://alertmanager-operated.monitoring:9093
 * @throws Error when it cannot be asked
 */
async function firingPages(alertmanager: string, namespace: string): Promise<string[]> {
  const base = alertmanager.endsWith('/') ? alertmanager : `${alertmanager}/`;
  const address = new URL('api/v2/alerts?active=true&silenced=false&inhibited=false', base);
  const response = await fetch(address, {signal: AbortSignal.timeout(PATIENCE_MS)});
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  const alerts = (await response.json()) as readonly Alert[];
  return alerts
    .filter(
      ({labels, status}) => status.state === 'active' && labels.severity === 'page' && labels.namespace === namespace,
    )
    .map(({labels}) => labels.alertname ?? 'an alert without a name');
}

/** @throws Error that names what fires, or says that it could not be found out: then nothing was touched */
export async function assertNoPage(alertmanager: string, namespace: string): Promise<void> {
  const firing = await firingPages(alertmanager, namespace).catch((error: Error) => {
    throw new Error(`whether a page is firing could not be found out: ${error.message}`);
  });
  if (firing.length > 0) throw new Error(`a page is firing in ${namespace}: ${firing.join(', ')}`);
}
