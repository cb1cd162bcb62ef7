/** The web proxy's answer when it does not do what a machine asked: a sentence in plain text. */
import { STATUS_CODES } from 'node:http';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  constructor(status: number, sentence: string, options: { cause?: unknown } = {}) {
    super(sentence, options);
    this.status = status;
  }
}

export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(502, 'The host could not be reached.', { cause: error });
}

export const refusalHeaders = { 'content-type': 'text/plain; charset=utf-8', connection: 'close' } as const;

export function refusalBody({ message }: Refusal): string {
  return `${message}\n`;
}

/** The whole answer, for a connection that speaks no HTTP any more. */
export function refusalBytes(refusal: Refusal): string {
  const body = refusalBody(refusal);
  const headers = Object.entries({ ...refusalHeaders, 'content-length': Buffer.byteLength(body) });
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`, ...lines, '', body].join(
    '\r\n',
  );
}
