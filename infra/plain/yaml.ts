import {stringify} from 'yaml';

/** YAML as Go's parsers read it, that of kubectl and Helm among them: to YAML 1.1 an unquoted `on` is a boolean. */
export const kubernetesYaml = (value: unknown): string => stringify(value, {version: '1.1'});
