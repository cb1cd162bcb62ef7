/** Who may come in: pages of this site, with a ticket. */
import type { IncomingMessage } from 'node:http';
import { LabError } from '../../domain/errors.ts';
import type { GatewayDeps, TicketHolder, TicketPurpose } from './contract.ts';
import { Problem } from './problem.ts';

/**
 * A browser says which page asks. Another site's page is refused, whatever it knows; what is no browser says nothing, and
 * has its ticket.
 */
export function checkOrigin(request: IncomingMessage, publicUrl: string | null): void {
  const { origin, host } = request.headers;
  if (origin === undefined) return;
  const isOurs = publicUrl !== null && origin === originOf(publicUrl);
  const isSameHost = host !== undefined && hostOf(origin) === host.toLowerCase();
  if (!isOurs && !isSameHost) throw new Problem(403, 'This page does not belong to this site.');
}

/** Uses the ticket up; throws Problem when it opens nothing. */
export async function admit(
  query: URLSearchParams,
  purpose: TicketPurpose,
  deps: Pick<GatewayDeps, 'redeemTicket'>,
): Promise<TicketHolder> {
  const ticket = query.get('ticket') ?? '';
  const holder = ticket === '' ? null : await deps.redeemTicket(ticket, purpose);
  if (!holder) throw new Problem(401, 'This ticket was used already or is older than 30 seconds.');
  return holder;
}

/** Notes that the person opens something; throws Problem when the daemon does not allow it any more. */
export async function noteOpened(of: TicketHolder, { opened }: Pick<GatewayDeps, 'opened'>): Promise<void> {
  try {
    await opened(of);
  } catch (error) {
    throw error instanceof LabError ? new Problem(409, error.message, { cause: error }) : error;
  }
}

/** The path and query of a request; the address's host plays no part. */
export function addressOf(request: IncomingMessage): URL {
  const path = request.url ?? '/';
  const base = 'http://gateway';
  return URL.canParse(path, base) && path.startsWith('/') ? new URL(`${base}${path}`) : new URL(base);
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}
