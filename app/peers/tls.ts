import type {SecureContextOptions} from 'node:tls';

/** The certificate that this process shows its peers, and the authority that vouches for theirs. */
export interface PeerTls {
  /** As the files are now. Both ends are this service: nothing older than TLS 1.3. */
  current(): SecureContextOptions;
  /** The name in the certificate of every peer. */
  readonly serverName: string;
}
