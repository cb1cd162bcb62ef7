/** The document about the API, written from the schemas that validate. */
import { z } from 'zod';
import { apiRoot } from '../route.ts';
import type { Operation, Told } from './operation.ts';
import * as blocks from './schemas/blocks.ts';
import { ProblemSchema } from './schemas/common.ts';
import * as courses from './schemas/courses.ts';
import * as machines from './schemas/machines.ts';
import { NodeDetailSchema } from './schemas/node-detail.ts';
import * as people from './schemas/people.ts';
import * as pools from './schemas/pools.ts';
import * as reservations from './schemas/reservations.ts';
import * as site from './schemas/site.ts';
import * as timeline from './schemas/timeline.ts';

type Json = Record<string, unknown>;

const named = new Map<z.ZodType, string>([
  [reservations.ReservationSchema, 'Reservation'],
  [reservations.EventSchema, 'Event'],
  [reservations.ConnectionSchema, 'Connection'],
  [reservations.ExtensionSchema, 'Extension'],
  [reservations.AvailabilitySchema, 'Availability'],
  [reservations.TimesSchema, 'Times'],
  [machines.ImageSchema, 'Image'],
  [machines.NodeSchema, 'Node'],
  [NodeDetailSchema, 'NodeDetail'],
  [pools.PoolSchema, 'Pool'],
  [timeline.AllocationSchema, 'Allocation'],
  [people.PersonSchema, 'Person'],
  [people.PersonDetailSchema, 'PersonDetail'],
  [people.GroupSchema, 'Group'],
  [people.GroupDetailSchema, 'GroupDetail'],
  [courses.CourseSchema, 'Course'],
  [blocks.BlockSchema, 'Block'],
  [blocks.BlockDetailSchema, 'BlockDetail'],
  [courses.CourseDetailSchema, 'CourseDetail'],
  [site.AttentionSchema, 'Attention'],
  [site.AnnouncementSchema, 'Announcement'],
  [site.HealthSchema, 'Health'],
  [ProblemSchema, 'Problem'],
]);

export function openApi(operations: readonly Operation[], title: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  const components = [...named].map(([schema, name]) => [name, jsonSchema(schema, 'output')]);
  return {
    openapi: '3.1.0',
    info: { title, version: 'v1' },
    servers: [{ url: apiRoot }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(components),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function describe({ id, summary, who, path, query, body, headers, answers }: Operation): Json {
  const parameters = [...pathParameters(path), ...queryParameters(query), ...headerParameters(headers ?? {})];
  const problem = {
    description: 'Why not.',
    content: { 'application/problem+json': { schema: reference('Problem') } },
  };
  return {
    operationId: id,
    summary,
    ...(who === 'open' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, told]) => [status, answer(told)])),
      default: problem,
    },
  };
}

function requestBody(body: z.ZodType): Json {
  const required = !body.safeParse(undefined).success;
  return { required, content: { 'application/json': { schema: jsonSchema(body, 'input') } } };
}

function answer({ description, schema, type = 'application/json' }: Told): Json {
  return schema === undefined
    ? { description }
    : { description, content: { [type]: { schema: schemaOf(schema) } } };
}

function schemaOf(schema: z.ZodType): Json {
  const name = named.get(schema);
  return name === undefined ? jsonSchema(schema, 'output') : reference(name);
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io });
  return rest as Json;
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => {
    return { name, in: 'path', required: true, schema: { type: name === 'id' ? 'integer' : 'string' } };
  });
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: required.includes(name), schema };
  });
}

function headerParameters(headers: Readonly<Record<string, string>>): Json[] {
  return Object.entries(headers).map(([name, description]) => {
    return { name, in: 'header', description, schema: { type: 'string' } };
  });
}
