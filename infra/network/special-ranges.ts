/**
 * IPv4 ranges that are no public provider: private (RFC 1918), shared (RFC 6598), link-local with the metadata services
 * of the clouds (RFC 3927), loopback, benchmarking, documentation, multicast and reserved (RFC 6890).
 */
export const specialRanges = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const;
