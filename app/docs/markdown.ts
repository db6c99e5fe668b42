/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'-|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

const begin = (name: string) => `<!-- generated: ${name} -->`;
const end = '<!-- end -->';

/**
 * A page with its generated sections written anew; the prose between them stays as it is. Throws if a section has no
 * place on the page, or a place no section.
 */
export function fill(page: string, sections: Readonly<Record<string, string>>): string {
  const filled = new Set<string>();
  const text = page.replace(
    /<!-- generated: ([a-z-]+) -->\n[\s\S]*?<!-- end -->/g,
    (_all: string, name: string): string => {
      const section = sections[name];
      if (section === undefined) throw new Error(`nothing generates the section "${name}"`);
      filled.add(name);
      return `${begin(name)}\n\n${section.trim()}\n\n${end}`;
    },
  );
  const homeless = Object.keys(sections).filter((name) => !filled.has(name));
  if (homeless.length > 0)
    throw new Error(`the page has no place for ${homeless.map((name) => `"${begin(name)}" … "${end}"`).join(', ')}`);
  return text;
}
