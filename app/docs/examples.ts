/** A call on a page, and the answer that the page promises. */
export interface Example {
  /** A `curl` command for the shell. */
  readonly command: string;
  readonly status: number;
  /** The JSON under it; undefined where the page says that there is no body. */
  readonly answer?: string;
}

const example = /```sh\n(curl [\s\S]*?)```\n\nAnswer \*\*(\d{3})\*\*([^\n]*)\n(?:\n```json\n([\s\S]*?)```)?/g;

/** The calls of a page, in order. Throws if one has no answer. */
export function examplesIn(page: string): Example[] {
  const examples = [...page.matchAll(example)].map(([, command = '', status, , answer]): Example => {
    return {command: command.trim(), status: Number(status), ...(answer === undefined ? {} : {answer})};
  });
  const calls = [...page.matchAll(/```sh\ncurl /g)].length;
  if (calls !== examples.length) throw new Error(`${calls} calls have ${examples.length} answers`);
  return examples;
}

/** An answer without what is different every time: ids, instants, codes. */
export function shapeOf(json: string): unknown {
  return JSON.parse(
    json
      .replaceAll(/v2_[a-z0-9]+_[A-Za-z0-9_-]+…?/g, 'ID')
      .replaceAll(/urn:uuid:[0-9a-f-]+/g, 'urn:uuid')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'),
  );
}
