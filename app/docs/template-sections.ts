import {variables} from '../delivery/templates/variables.ts';
import {table} from './markdown.ts';

/** The generated section of docs/templates.md. */
export function templateSections(): Record<string, string> {
  return {
    variables: table(
      ['Variable', ''],
      Object.entries(variables).map(([name, meaning]) => [`\`{${name}}\``, meaning]),
    ),
  };
}
