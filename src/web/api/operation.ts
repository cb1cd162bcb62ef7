/** One thing the API can do: the schemas that validate it also write its page of the document. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Services } from '../../services/services.ts';
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
  return {
    ...operation,
    async handle(web, req, res) {
      const query = parseIf(operation.query, req.query);
      const body = parseIf(operation.body, req.body);
      const answer = await run({ services: web.services, me: meOf(res), query, body, req, res });
      if (answer !== null) send(res, answer);
    },
  };
}

function parseIf<Schema extends z.ZodType>(schema: Schema | undefined, typed: unknown): z.output<Schema> {
  return (schema === undefined ? undefined : parse(schema, typed)) as z.output<Schema>;
}

export function send(res: Response, { status, body, headers }: Answer): void {
  res.status(status).set(headers ?? {});
  if (body === undefined) res.end();
  else res.json(body);
}
