interface Query {
  /** PromQL; `$namespace` is the dashboard's variable. */
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  /** Of Grafana: reqps, s, percentunit, bytes, short. */
  readonly unit: string;
  readonly queries: readonly Query[];
}

export interface Dashboard {
  /** File name and, with the environment, its id. */
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const columns = 2;
const width = 24 / columns;
const height = 8;

/** As Grafana reads it. The data source is a variable: what it is called differs from cluster to cluster. */
export function grafanaJson({name, title, panels}: Dashboard, environmentName: string, namespace: string): object {
  return {
    uid: `otp-${environmentName}-${name}`.slice(0, 40),
    title: `${title} (${environmentName})`,
    tags: ['otp-service', environmentName],
    timezone: 'utc',
    schemaVersion: 39,
    refresh: '30s',
    time: {from: 'now-3h', to: 'now'},
    templating: {
      list: [
        {name: 'datasource', type: 'datasource', query: 'prometheus'},
        {name: 'namespace', type: 'constant', query: namespace, current: {text: namespace, value: namespace}},
      ],
    },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: 'timeseries',
      title: panel.title,
      datasource: {type: 'prometheus', uid: '$datasource'},
      gridPos: {x: (index % columns) * width, y: Math.floor(index / columns) * height, w: width, h: height},
      fieldConfig: {defaults: {unit: panel.unit, min: 0}, overrides: []},
      targets: panel.queries.map(({expr, legend}, position) => ({
        refId: String.fromCharCode('A'.charCodeAt(0) + position),
        expr,
        legendFormat: legend,
      })),
    })),
  };
}
