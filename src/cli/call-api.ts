import { CommandError } from './failure.ts';

/** The API refused, or (`status` 0) nobody answers there. */
export class ApiError extends CommandError {
  readonly status: number;
  /** As in its problem details; empty where there are none. */
  readonly code: string;
  constructor(message: string, status: number, code: string, options?: ErrorOptions) {
    super(message, 1, options);
    this.status = status;
    this.code = code;
  }

  /** The same may go well in a moment: the site, or what stands before it, is not there now. */
  get isAway(): boolean {
    return [0, 502, 503, 504].includes(this.status);
  }
}

/**
 * Asks the REST API at LABRADOR_URL (else at this computer's own site) as the person of LABRADOR_TOKEN. Throws ApiError with the sentence of the answer's
 * problem details (RFC 9457), its fields and what could be had instead.
 */
export async function callApi<T>(method: string, path: string, body?: object): Promise<T> {
  const { LABRADOR_TOKEN: token } = process.env;
  if (!token) {
    throw new CommandError(
      'Set LABRADOR_TOKEN to a token of yours ("labrador token create" or your account page).',
      2,
    );
  }
  const response = await ask(`${askedSite()}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusalOf((answer ?? {}) as Problem, response.status);
  return answer as T;
}

/** Every item of a list of the API that a filter lets through, page by page. Throws as `callApi` does. */
export async function listAll<T>(path: string, filter: Readonly<Record<string, string>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '1000', ...filter, ...(cursor ? { cursor } : {}) });
    const page: { items: T[]; next: string | null } = await callApi('GET', `${path}?${query.toString()}`);
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

/** Where the site is, without a slash at its end. Throws CommandError for what is no address. */
export function askedSite(): string {
  const { LABRADOR_URL: site = siteHere() } = process.env;
  if (URL.canParse(site)) return site.replace(/\/+$/, '');
  throw new CommandError(`LABRADOR_URL is ${JSON.stringify(site)}: expected an address.`, 2);
}

/** The site of this computer, by the settings that it was started with. */
function siteHere(): string {
  const { LABRADOR_PUBLIC_URL: url, LABRADOR_PORT: port = '3000' } = process.env;
  return url ?? `http://127.0.0.1:${port}`;
}

async function ask(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request);
  } catch (cause) {
    const { origin } = new URL(address);
    const sentence = `Nothing answers at ${origin}. Set LABRADOR_URL to the site's address.`;
    throw new ApiError(sentence, 0, '', { cause });
  }
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly alternatives?: readonly { readonly label: string }[];
}

function refusalOf({ detail, title, code = '', alternatives = [] }: Problem, status: number): ApiError {
  const instead = alternatives.map(({ label }) => `\n  instead: ${label}`).join('');
  return new ApiError(`${detail ?? title ?? `The site answers ${status}.`}${instead}`, status, code);
}
