import type {Manifest} from './manifests.ts';

export interface Installation {
  readonly manifests: readonly Manifest[];
  /** Secrets that bootstrap, cert-manager or an operator makes. */
  readonly secrets: ReadonlySet<string>;
}

/** What an installation must not have; a finding names the object and what is wrong with it. */
export interface Rule {
  readonly name: string;
  readonly findings: (installation: Installation) => string[];
}
