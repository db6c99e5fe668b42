/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export function hostAndPort({host, port}: Address): string {
  return `${host}:${port}`;
}
