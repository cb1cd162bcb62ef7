import { z } from 'zod';

/** Every setting there is: in the file by this name, in the environment as `LABRADOR_` and the name in upper case. */
export const Settings = z.object({
  host: z
    .string()
    .max(255)
    .regex(/^[\w.:-]+$/)
    .default('127.0.0.1')
    .describe('a name or address to listen on'),
  port: whole(0, 65_535, 3000),
  data: z.string().optional().describe('a folder'),
  databaseUrl: address('mysql', 'sqlite').optional().describe('mysql://user:password@host:port/database'),
  publicUrl: address('http', 'https')
    .optional()
    .describe('the address people type, such as https://lab.example.org'),
  gateway: z
    .string()
    .max(255)
    .regex(/^(\[[\da-f:]+\]|[\w.-]+):\d{1,5}$/i)
    .optional()
    .describe('an address of this computer and a port, such as 10.0.0.5:3001'),
  siteName: z.string().min(1).max(60).default('Labrador').describe('1 to 60 characters'),
  smtpUrl: address('smtp', 'smtps').optional().describe('smtp://user:password@host:port or smtps://...'),
  mailFrom: z.email().optional().describe('the e-mail address that notices come from'),
  alertWebhook: address('http', 'https')
    .optional()
    .describe('an address that takes JSON, such as https://chat.example.org/hooks/lab'),
  alertMail: z.email().optional().describe('the e-mail address of whoever looks after the machines'),
  upstreamProxy: address('http').optional().describe('http://host:port'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('debug, info, warn or error'),
  acknowledgeSeconds: whole(30, 86_400, 900),
  initialConnectSeconds: whole(30, 86_400, 900),
  reconnectSeconds: whole(30, 86_400, 900),
  idleSeconds: whole(0, 604_800, 0),
  inuseCheckSeconds: whole(1, 3600, 15),
  ignoreConnectionsFromMinutes: whole(15, 600_000, 1440),
  loadTimeoutSeconds: whole(10, 86_400, 900),
  graceSeconds: whole(0, 3600, 120),
});

export type SettingName = keyof typeof Settings.shape;
export const settingNames = Object.keys(Settings.shape) as SettingName[];

/** Settings that hold a password: never shown, and `LABRADOR_..._FILE` may name a file that has them. */
export const secretSettings: ReadonlySet<SettingName> = new Set(['databaseUrl', 'smtpUrl', 'alertWebhook']);

/** `databaseUrl` is `LABRADOR_DATABASE_URL`. */
export function variableOf(name: SettingName): string {
  return `LABRADOR_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

function whole(least: number, most: number, usual: number) {
  const expected = `a whole number from ${least} to ${most}`;
  return z.preprocess(digitsToNumber, z.int().min(least).max(most)).default(usual).describe(expected);
}

function digitsToNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

function address(...protocols: string[]) {
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)));
}
