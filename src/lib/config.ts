import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { TimeSettings } from '../domain/contracts/time-settings.ts';
import { type SettingName, Settings, secretSettings, settingNames, variableOf } from './settings.ts';

/** Everything that can be set. Read once per program, handed on as an argument. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Absolute path of the data directory. */
  readonly data: string;
  readonly databaseUrl: string;
  /** Without a slash at its end; null: people use the address it listens on. */
  readonly publicUrl: string | null;
  /** `host:port` at which sites on other computers reach this daemon's gateway; null: only those on this computer. */
  readonly gateway: string | null;
  readonly siteName: string;
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  /** Whom to tell what needs a person: an address that takes JSON, and one for mail. */
  readonly alerts: { readonly webhook: string | null; readonly mail: string | null };
  /** The proxy that the gateway itself must use to reach the web. */
  readonly upstreamProxy: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly times: TimeSettings;
  /** Sentences about what was set and means nothing here. */
  readonly warnings: readonly string[];
}

/** Names every wrong setting and what is expected of it. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? 'One setting is' : `${problems.length} settings are`;
    super(`${count} wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** One setting as it was found, and how to call the place. */
interface Found {
  readonly value: unknown;
  readonly where: string;
}

const clone = fileURLToPath(new URL('../..', import.meta.url));
/** Variables that are not settings: where the file is, and what the user's commands and the tests are told. */
const others = new Set(['LABRADOR_CONFIG', 'LABRADOR_URL', 'LABRADOR_TOKEN']);

/**
 * Reads the environment, and the JSON file that LABRADOR_CONFIG names or `labrador.json` in the data directory; the
 * environment wins. An empty variable counts as not set. Throws ConfigError, which names every wrong setting.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const found = { ...fromFile(env, problems), ...fromEnvironment(env, problems) };
  const values = Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value]));
  const parsed = Settings.safeParse(values);
  const wrong = new Set((parsed.error?.issues ?? []).map((issue) => issue.path[0] as SettingName));
  problems.push(...[...wrong].map((name) => describe(name, found[name])));
  if (parsed.data?.smtpUrl && !parsed.data.mailFrom) {
    problems.push(`${variableOf('mailFrom')} is missing: ${Settings.shape.mailFrom.description}`);
  }
  if (parsed.data?.alertMail && !parsed.data.smtpUrl) {
    problems.push(`${variableOf('smtpUrl')} is missing: ${Settings.shape.smtpUrl.description}`);
  }
  if (!parsed.data || problems.length > 0) throw new ConfigError(problems);
  return freeze(parsed.data, unknownVariables(env));
}

function freeze(set: z.output<typeof Settings>, warnings: string[]): Config {
  const data = dataFolder(set.data);
  return Object.freeze({
    host: set.host,
    port: set.port,
    data,
    databaseUrl: set.databaseUrl ?? `sqlite:${join(data, 'labrador.sqlite')}`,
    publicUrl: set.publicUrl?.replace(/\/+$/, '') ?? null,
    gateway: set.gateway ?? null,
    siteName: set.siteName,
    mail: set.smtpUrl && set.mailFrom ? { smtpUrl: set.smtpUrl, from: set.mailFrom } : null,
    alerts: { webhook: set.alertWebhook ?? null, mail: set.alertMail ?? null },
    upstreamProxy: set.upstreamProxy ?? null,
    logLevel: set.logLevel,
    times: Object.freeze({
      acknowledgeSeconds: set.acknowledgeSeconds,
      initialConnectSeconds: set.initialConnectSeconds,
      reconnectSeconds: set.reconnectSeconds,
      idleSeconds: set.idleSeconds,
      inuseCheckSeconds: set.inuseCheckSeconds,
      ignoreConnectionsFromMinutes: set.ignoreConnectionsFromMinutes,
      loadTimeoutSeconds: set.loadTimeoutSeconds,
      graceSeconds: set.graceSeconds,
    }),
    warnings,
  });
}

function dataFolder(named: string | undefined): string {
  return named ? resolve(named) : join(clone, 'data');
}

function fromEnvironment(env: NodeJS.ProcessEnv, problems: string[]): Partial<Record<SettingName, Found>> {
  const found: Partial<Record<SettingName, Found>> = {};
  for (const name of settingNames) {
    const variable = variableOf(name);
    if (env[variable]) found[name] = { value: env[variable], where: variable };
    const file = secretSettings.has(name) ? env[`${variable}_FILE`] : undefined;
    if (!file) continue;
    if (found[name]) problems.push(`${variable} and ${variable}_FILE are both set: expected one of them`);
    else found[name] = { value: readSecret(file, `${variable}_FILE`, problems), where: `${variable}_FILE` };
  }
  return found;
}

function readSecret(file: string, variable: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    problems.push(`${variable} is ${JSON.stringify(file)}: expected a file that can be read`);
    return undefined;
  }
}

function fromFile(env: NodeJS.ProcessEnv, problems: string[]): Partial<Record<SettingName, Found>> {
  const file = env.LABRADOR_CONFIG || join(dataFolder(env.LABRADOR_DATA), 'labrador.json');
  const content = readJson(file, Boolean(env.LABRADOR_CONFIG), problems);
  const found: Partial<Record<SettingName, Found>> = {};
  for (const [key, value] of Object.entries(content)) {
    const name = settingNames.find((known) => known === key);
    if (name) found[name] = { value, where: `${key} in ${file}` };
    else
      problems.push(
        `${key} in ${file}: there is no such setting; expected one of ${settingNames.join(', ')}`,
      );
  }
  return found;
}

function readJson(file: string, required: boolean, problems: string[]): object {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content;
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
  }
  problems.push(`${file}: expected a file with a JSON object of settings`);
  return {};
}

function describe(name: SettingName, found: Found | undefined): string {
  const where = found?.where ?? variableOf(name);
  const is = secretSettings.has(name) ? '' : ` is ${JSON.stringify(found?.value)}`;
  return `${where}${is}: expected ${Settings.shape[name].description}`;
}

function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = new Set(settingNames.flatMap((name) => [variableOf(name), `${variableOf(name)}_FILE`]));
  return Object.keys(env)
    .filter((name) => name.startsWith('LABRADOR_') && !name.startsWith('LABRADOR_TEST_'))
    .filter((name) => !known.has(name) && !others.has(name))
    .map((name) => `${name} is set, but there is no such setting`);
}

/** True when only this computer can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
