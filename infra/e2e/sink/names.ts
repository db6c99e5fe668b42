/** The mail server of a run: it takes every message and shows it over HTTP. */
export const sink = {
  name: 'sink',
  smtpPort: 2525,
  httpPort: 8025,
  username: 'otp',
  folder: '/run/sink',
  program: 'sink.cjs',
} as const;

export const sinkNamespace = (name: string) => `${name}-mail`;
export const sinkHost = (name: string) => `${sink.name}.${sinkNamespace(name)}.svc`;
