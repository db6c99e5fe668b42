import {fileSchema} from '../config/schema.ts';
import {type Setting, settingTable} from '../config/setting-table.ts';
import {table} from './markdown.ts';
import {inputTable, type JsonSchema} from './schema-table.ts';

/** The generated sections of docs/configuration.md. */
export function configurationSections(): Record<string, string> {
  return {environment: environmentTable(), file: fileTables(fileSchema as unknown as JsonSchema)};
}

function environmentTable(): string {
  return table(
    ['Variable', 'Value', 'Default', ''],
    Object.entries<Setting>(settingTable).map(([name, setting]) => [
      setting.kind === 'secret' ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``,
      allowedValues(setting),
      defaultValue(setting),
      setting.description,
    ]),
  );
}

function allowedValues(setting: Setting): string {
  switch (setting.kind) {
    case 'text':
      return 'text';
    case 'integer':
      return `${setting.min} to ${setting.max}`;
    case 'choice':
      return setting.values.map((value) => `\`${value}\``).join(', ');
    case 'secret':
      return `${setting.format} (secret)`;
    case 'file':
      return `path of a file: ${setting.format}`;
  }
}

function defaultValue(setting: Setting): string {
  switch (setting.kind) {
    case 'text':
      return setting.default === undefined ? (setting.defaultIs ?? '–') : `\`${setting.default}\``;
    case 'integer':
      if (setting.defaultIs !== undefined) return setting.defaultIs;
      return setting.productionDefault === undefined
        ? String(setting.default)
        : `${setting.default}; ${setting.productionDefault} in production`;
    case 'choice':
      return `\`${setting.default}\``;
    case 'secret':
    case 'file':
      return setting.inProduction === 'required' ? 'required in production' : '–';
  }
}

/** One table a part of the file. A map from names to one of several kinds has a table a kind. */
function fileTables(schema: JsonSchema): string {
  return Object.entries(schema.properties ?? {})
    .flatMap(([part, of]) => {
      const [named] = Object.values(of.patternProperties ?? {});
      const heading = named === undefined ? `### \`${part}\`` : `### \`${part}.NAME\``;
      const kinds = named?.oneOf?.flatMap((kind) => [`#### \`kind: ${kindOf(kind)}\``, inputTable(kind)]);
      return [heading, of.description ?? '', ...(kinds ?? [inputTable(named ?? of)])];
    })
    .join('\n\n');
}

function kindOf(schema: JsonSchema): string {
  return String(schema.properties?.kind?.const);
}
