import {escapeHtml} from '../../delivery/templates/escape.ts';

/** A piece of a web page, ready as it is. */
export interface Html {
  readonly html: string;
}

type Content = Html | string | number | false | undefined | readonly Content[];

/** A piece of a web page. Whatever is put into it is text and is escaped, unless it is such a piece itself. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return {html: strings.reduce((page, text, index) => page + write(contents[index - 1]) + text)};
}

function write(content: Content): string {
  if (content === undefined || content === false) return '';
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(String(content));
  return isList(content) ? content.map(write).join('\n') : content.html;
}

function isList(content: Html | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content);
}
