import {isVariable, type Values, type Variable, variableList} from './variables.ts';

type Part = {readonly kind: 'text'; readonly text: string} | {readonly kind: 'variable'; readonly name: Variable};

/** A text with places for values. It is data: nothing in it is looked up or run when it is filled. */
export interface Template {
  readonly parts: readonly Part[];
}

/** Variables that may stand inside a tag of a web page; any other could end its attribute. */
const inTags: readonly Variable[] = ['locale', 'direction'];
const maxQuoted = 40;

/** Reads a plain text: `{name}` is a variable, `{{` and `}}` are braces. Adds a sentence to `problems` for each fault. */
export function readText(source: string, problems: string[]): Template {
  const parts: Part[] = [];
  let text = '';
  for (const [token, name] of source.matchAll(/\{\{|\}\}|\{([^{}]{0,64})\}|[{}]|[^{}]+/g)) {
    if (name !== undefined) {
      if (!isVariable(name)) problems.push(`${quoted(token)} is no variable; there are ${variableList}`);
      else {
        parts.push({kind: 'text', text}, {kind: 'variable', name});
        text = '';
      }
    } else if (token === '{' || token === '}') {
      problems.push(`a single ${quoted(token)}: a brace is written twice, a variable between two`);
    } else {
      text += token === '{{' || token === '}}' ? token[0] : token;
    }
  }
  parts.push({kind: 'text', text});
  return {parts: parts.filter((part) => part.kind === 'variable' || part.text !== '')};
}

/** Reads a web page. Variables stand between its tags; braces inside `<style>` are the style's own. */
export function readHtml(source: string, problems: string[]): Template {
  const parts: Part[] = [];
  for (const {kind, text} of splitHtml(source)) {
    if (kind === 'style') {
      parts.push({kind: 'text', text});
      continue;
    }
    const template = readText(text, problems);
    if (kind === 'tag') {
      if (/^<\s*\/?\s*(script|iframe|object|embed|form|base|link)\b/i.test(text))
        problems.push(`${quoted(text)}: no mail program accepts this`);
      for (const name of variablesOf(template))
        if (!inTags.includes(name))
          problems.push(`{${name}} in ${quoted(text)}: a value stands between tags, not in one`);
    }
    parts.push(...template.parts);
  }
  return {parts};
}

/** Tags, the content of `<style>`, and what is between them; each found by looking ahead once. */
function* splitHtml(source: string): Generator<{kind: 'text' | 'tag' | 'style'; text: string}> {
  let at = 0;
  const upTo = (end: number) => {
    const text = source.slice(at, end);
    at = end;
    return text;
  };
  const lower = source.toLowerCase();
  while (at < source.length) {
    const open = source.indexOf('<', at);
    if (open !== at) {
      yield {kind: 'text', text: upTo(open === -1 ? source.length : open)};
      continue;
    }
    const close = source.indexOf('>', at);
    const tag = upTo(close === -1 ? source.length : close + 1);
    yield {kind: 'tag', text: tag};
    if (/^<style[\s>]/i.test(tag)) {
      const end = lower.indexOf('</style', at);
      yield {kind: 'style', text: upTo(end === -1 ? source.length : end)};
    }
  }
}

/** The variables of a template, each once. */
export function variablesOf({parts}: Template): Variable[] {
  return [...new Set(parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : [])))];
}

/** The text with its values, each written by `write`. */
export function fill({parts}: Template, values: Values, write: (value: string, name: Variable) => string): string {
  let filled = '';
  for (const part of parts) {
    if (part.kind === 'text') filled += part.text;
    else {
      const value = values.get(part.name);
      if (value === undefined) throw new Error(`no value for {${part.name}}`);
      filled += write(value, part.name);
    }
  }
  return filled;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text);
}
