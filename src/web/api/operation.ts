/** One thing the API can do: the schemas that validate it also write its page of the document. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { invalid } from '../../domain/errors.ts';
import type { Once, Services } from '../../services/services.ts';
import type { SignedIn } from '../../services/views.ts';
import { parse } from '../input.ts';
import type { Handler, Route, Who } from '../route.ts';
import { meOf } from '../visit.ts';

export interface Answer {
  readonly status: number;
  /** Absent: no content. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Call<Query, Body> {
  readonly services: Services;
  readonly me: SignedIn;
  readonly query: Query;
  readonly body: Body;
  /** Only POST can be asked to happen once. */
  readonly once: Once;
  readonly req: Request;
  readonly res: Response;
}

export interface Told {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly type?: string;
}

export interface Operation {
  readonly id: string;
  readonly method: Route['method'];
  /** As Express writes it, below /api/v1. */
  readonly path: string;
  readonly who: Who;
  /** Takes a body of up to 2 MB. */
  readonly large?: boolean;
  /** A POST whose answer is good once: it takes no Idempotency-Key. */
  readonly eachTime?: boolean;
  readonly summary: string;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  /** Header names and what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, Told>>;
  readonly handle: Handler;
}

interface Definition<Query extends z.ZodType, Body extends z.ZodType> extends Omit<Operation, 'handle'> {
  readonly query?: Query;
  readonly body?: Body;
  /** Null when it has answered by itself, as streams do. */
  readonly run: (call: Call<z.output<Query>, z.output<Body>>) => Promise<Answer | null>;
}

/** For everybody who is signed in. */
export function defineOperation<Query extends z.ZodType, Body extends z.ZodType>(
  definition: Definition<Query, Body>,
): Operation {
  const { run, ...operation } = definition;
  const isPost = operation.method === 'post' && operation.eachTime !== true;
  return {
    ...operation,
    headers: { ...(isPost ? onceHeader : {}), ...operation.headers },
    async handle(web, req, res) {
      const query = parse(operation.query ?? nothing, req.query) as z.output<Query>;
      const body = parse(operation.body ?? nothing, req.body) as z.output<Body>;
      const once = isPost ? onceOf(req) : {};
      const answer = await run({ services: web.services, me: meOf(res), query, body, once, req, res });
      if (answer !== null) send(res, answer);
    },
  };
}

const nothing = z.strictObject({}, 'must be a JSON object.');
const onceHeader = { 'Idempotency-Key': 'The same key and the same request within 24 hours happen once.' };

function onceOf(req: Request): Once {
  const idempotencyKey = req.get('idempotency-key');
  if (idempotencyKey === undefined || /^[\x21-\x7e]{1,200}$/.test(idempotencyKey)) return { idempotencyKey };
  throw invalid('Idempotency-Key', 'must be 1 to 200 printable characters without spaces.');
}

export function send(res: Response, { status, body, headers }: Answer): void {
  res.status(status).set(headers ?? {});
  if (body === undefined) res.end();
  else res.json(body);
}
