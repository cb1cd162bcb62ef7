/** Server-sent events: what is true now, and again whenever something has changed. */
import type { Request, Response } from 'express';

export interface StreamMessage {
  readonly event?: string;
  readonly id?: number | undefined;
  readonly data: unknown;
}

export interface Stream {
  write(message: StreamMessage): void;
}

export interface StreamSource {
  /** Begins to watch; the functions it gives back end that. */
  watch(changed: () => void): Promise<readonly (() => void)[]>;
  /** Sends what is true now. False when nothing more will come: the stream then says so and ends. */
  send(stream: Stream): Promise<boolean>;
}

const retryMs = 3_000;
const heartbeatMs = 15_000;

/** Answers with a stream until its source has ended or the reader is gone. Errors before the first byte are thrown. */
export async function openStream(req: Request, res: Response, source: StreamSource): Promise<void> {
  const gone = new AbortController();
  req.once('close', () => gone.abort());
  res.once('close', () => gone.abort());
  const turn = makeTurn();
  const stops = await source.watch(turn.wake);
  const heartbeat = setInterval(() => res.write(': still here\n\n'), heartbeatMs);
  gone.signal.addEventListener('abort', turn.wake);
  try {
    begin(res);
    while (!gone.signal.aborted && (await source.send({ write: (message) => write(res, message) })))
      await turn.next();
    if (!gone.signal.aborted) write(res, { event: 'end', data: {} });
  } finally {
    clearInterval(heartbeat);
    for (const stop of stops) stop();
    res.end();
  }
}

function begin(res: Response): void {
  res.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  res.flushHeaders();
  res.write(`retry: ${retryMs}\n\n`);
}

function write(res: Response, { event, id, data }: StreamMessage): void {
  const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`;
  res.write(`${head}data: ${JSON.stringify(data)}\n\n`);
}

/** Many changes while one is being sent are one change. */
function makeTurn(): { wake(): void; next(): Promise<void> } {
  let changed = false;
  let waiting: (() => void) | null = null;
  return {
    wake() {
      changed = true;
      waiting?.();
    },
    async next() {
      if (!changed) await new Promise<void>((done) => (waiting = done));
      waiting = null;
      changed = false;
    },
  };
}
