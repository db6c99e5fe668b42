import {table} from '../../app/docs/markdown.ts';
import {runbookOf} from '../observability/alerts/alert.ts';
import {alertGroups} from '../observability/alerts/index.ts';

/** Every alert with its run book; one row for a name, however many severities it has. */
export function alertSection(): string {
  const rows = Object.entries(alertGroups).flatMap(([group, alerts]) => {
    const names = [...new Set(alerts.map(({name}) => name))];
    return names.map((name) => {
      const severities = [...new Set(alerts.filter((alert) => alert.name === name).map(({severity}) => severity))];
      return [`[${name}](${runbookOf(name)}.md)`, severities.join(', '), group];
    });
  });
  return table(['Alert', 'Severity', 'About'], rows);
}
