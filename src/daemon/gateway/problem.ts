/** How the gateway's HTTP door refuses: a sentence, as problem details (RFC 9457). */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** `sentence` is for people. */
  constructor(status: number, sentence: string, options: { cause?: unknown } = {}) {
    super(sentence, options);
    this.status = status;
  }
}

/** Answers with the problem; a response that has begun is cut, so that nobody takes half for the whole. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  response.writeHead(problem.status, headers).end(problemBody(problem));
}

/** The same for a WebSocket that is not opened. */
export function refuseUpgrade(socket: Duplex, problem: Problem): void {
  const body = problemBody(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${titleOf(problem)}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function problemBody(problem: Problem): string {
  return JSON.stringify({ title: titleOf(problem), status: problem.status, detail: problem.message });
}

const titleOf = ({ status }: Problem) => STATUS_CODES[status] ?? 'Error';
