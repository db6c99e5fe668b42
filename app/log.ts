import {type Logger, pino} from 'pino';

/** Lines are written together: a write of its own would cost a request about as much as everything it does with Redis. */
const writtenBytes = 8192;
/** How old a line may get before it is written; what a process that is killed may leave unwritten. */
const flushEveryMs = 100;
/** Further lines are dropped while nobody reads what is written. */
const maxWaitingBytes = 8 * 1024 * 1024;

/** The service's log: JSON lines on stdout. `fatal`, and an end that is not a kill, leave nothing unwritten. */
export function openLog(level: string): Logger {
  return pino(
    {
      level,
      base: {service: 'otp-service'},
      timestamp: pino.stdTimeFunctions.isoTime,
      // Nothing logs these; should a library come to, they stay out all the same.
      redact: {paths: ['*.authorization', 'req.headers.authorization', '*.password', '*.to'], censor: '[redacted]'},
    },
    pino.destination({
      sync: false,
      minLength: writtenBytes,
      maxLength: maxWaitingBytes,
      periodicFlush: flushEveryMs,
    }),
  );
}
