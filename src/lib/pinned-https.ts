/**
 * HTTPS to small computers whose certificates nobody vouches for (BMCs). Such a server is known by the SHA-256 of its
 * certificate, which is compared before a byte is said to it. Each request has a connection of its own: many of these
 * servers forget the ones they were to keep.
 */
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { isIPv6 } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { isIP } from './is-ip.ts';

export interface PinnedRequest {
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** SHA-256 of the certificate, lower-case hex. Null: whatever it shows is taken, and told. */
  readonly fingerprint: string | null;
  /** For the connection and the whole answer together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface PinnedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of the certificate that it showed. */
  readonly fingerprint: string;
}

/** The server shows another certificate than the pinned one. Nothing was said to it. */
export class OtherCertificateError extends Error {
  readonly fingerprint: string;
  constructor(fingerprint: string) {
    super(`it shows another certificate (SHA-256 ${fingerprint}) than the one it is known by`);
    this.name = 'OtherCertificateError';
    this.fingerprint = fingerprint;
  }
}

const mostBytes = 4 * 1024 * 1024;

/** Asks once. Rejects with OtherCertificateError, `signal.reason`, or an Error that says why there is no answer. */
export async function askPinned(asked: PinnedRequest): Promise<PinnedAnswer> {
  asked.signal.throwIfAborted();
  const { host, port } = asked;
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = connect({ host, port, rejectUnauthorized: false, ...servername });
  socket.on('error', () => undefined);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    socket.destroy(new Error('late'));
  }, asked.timeoutMs);
  const stop = () => socket.destroy(new Error('aborted'));
  asked.signal.addEventListener('abort', stop, { once: true });
  try {
    await once(socket, 'secureConnect');
    const fingerprint = fingerprintOf(socket);
    if (asked.fingerprint !== null && asked.fingerprint !== fingerprint)
      throw new OtherCertificateError(fingerprint);
    return { ...(await exchange(socket, asked)), fingerprint };
  } catch (error) {
    if (asked.signal.aborted) throw asked.signal.reason;
    throw late ? new Error(`no answer within ${asked.timeoutMs / 1000} s`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
    asked.signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function fingerprintOf(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw new Error('it shows no certificate');
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function exchange(socket: TLSSocket, asked: PinnedRequest): Promise<Omit<PinnedAnswer, 'fingerprint'>> {
  const { method, path, body } = asked;
  const headers = { ...asked.headers, host: hostHeader(asked) };
  return new Promise((resolve, reject) => {
    const sent = request({ createConnection: () => socket, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > mostBytes) socket.destroy();
        else chunks.push(chunk);
      });
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function hostHeader({ host, port }: PinnedRequest): string {
  const name = isIPv6(host) ? `[${host}]` : host;
  return port === 443 ? name : `${name}:${port}`;
}
