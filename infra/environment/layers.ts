/** A value of an environment may come from three places; the later one wins. */
export interface Layer {
  /** Named in `config:show`. */
  readonly source: string;
  readonly values: Tree;
}

export type Tree = {readonly [key: string]: unknown};

/** Taken whole from the last layer that has them: a client of the defaults must not reappear beside the file's. */
const wholes = new Set(['service', 'exposure.from']);

export interface Merged {
  readonly values: Tree;
  /** Dotted path of each leaf → the source of the layer that it came from. */
  readonly sources: ReadonlyMap<string, string>;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Merges objects by key; everything else (lists too) is replaced. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const sources = new Map<string, string>();
  const values = mergeAt('', layers, sources);
  return {values, sources};
}

function mergeAt(path: string, layers: readonly Layer[], sources: Map<string, string>): Tree {
  const merged: Record<string, unknown> = {};
  const keys = new Set(layers.flatMap(({values}) => Object.keys(values)));
  for (const key of keys) {
    const at = path === '' ? key : `${path}.${key}`;
    const having = layers.filter(({values}) => values[key] !== undefined);
    const last = having.at(-1);
    if (last === undefined) continue;
    if (isTree(last.values[key]) && !wholes.has(at)) {
      const below = having.flatMap(({source, values}) => {
        const value = values[key];
        return isTree(value) ? [{source, values: value}] : [];
      });
      merged[key] = mergeAt(at, below, sources);
      if (Object.keys(last.values[key]).length > 0) continue;
    } else {
      merged[key] = last.values[key];
    }
    sources.set(at, last.source);
  }
  return merged;
}
