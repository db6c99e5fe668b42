/** The lineage of a server's data, by what it answers to `INFO replication`; undefined where it tells none. */
export function lineageIn(info: string): string | undefined {
  return /^master_replid:(\w+)/m.exec(info)?.[1];
}
