import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fill} from '../../app/docs/markdown.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {specialRanges} from '../network/special-ranges.ts';
import {alertSection} from './alert-section.ts';
import {flowSection} from './network-section.ts';

export interface InfraPage {
  readonly path: string;
  readonly written: string;
  readonly generated: string;
}

/** The pages under docs/ whose tables come from the code of the stacks. */
export function readInfraPages(): InfraPage[] {
  const {environment} = loadEnvironment('example', projectRoot);
  return [
    page('docs/network.md', {
      flows: flowSection(environment),
      'special-ranges': specialRanges.map((range) => `\`${range}\``).join(', '),
    }),
    page('docs/runbooks/README.md', {alerts: alertSection()}),
  ];
}

function page(path: string, sections: Readonly<Record<string, string>>): InfraPage {
  const written = readFileSync(join(projectRoot, path), 'utf8');
  return {path, written, generated: fill(written, sections)};
}
