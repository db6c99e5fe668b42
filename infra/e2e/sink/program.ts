import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {SMTPServer} from 'smtp-server';
import {sink} from './names.ts';

/** Runs in a pod, bundled into one file: SMTP with STARTTLS and a login on one port, what it received as JSON on another. */
const read = (file: string) => readFileSync(`${sink.folder}/secret/${file}`, 'utf8');
const password = read('password');
const received: {to: string[]; secure: boolean; raw: string}[] = [];

const smtp = new SMTPServer({
  cert: read('tls.crt'),
  key: read('tls.key'),
  onAuth({username, password: given}, _session, done) {
    if (username === sink.username && given === password) done(null, {user: username});
    else done(new Error('wrong user or password'));
  },
  onData(stream, session, done) {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(({address}) => address);
      received.push({to, secure: session.secure, raw: Buffer.concat(parts).toString()});
      done();
    });
  },
});
smtp.on('error', (error) => console.error(error.message));
smtp.listen(sink.smtpPort, '0.0.0.0');

createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(received));
}).listen(sink.httpPort, '0.0.0.0');
