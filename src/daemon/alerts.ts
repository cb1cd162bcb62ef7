/** Tells somebody outside what newly needs a person: by a webhook, by mail. */
import { markTold, takeUntold } from '../../db/repositories/alerts.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { counted } from '../domain/counted.ts';
import type { Mail } from '../lib/mail.ts';
import { postJson } from '../lib/post-json.ts';
import { sleep } from '../lib/sleep.ts';
import { attentionItems } from '../services/fleet/attention.ts';
import type { AttentionItem } from '../services/views.ts';
import type { AlertSettings, DaemonDeps } from './deps.ts';

const every = 10_000;

/** Until the signal fires. */
export async function keepTelling(deps: DaemonDeps, signal: AbortSignal): Promise<void> {
  while (deps.alerts && !signal.aborted) {
    await tellOfTrouble(deps, signal).catch((error: unknown) => {
      if (!signal.aborted) deps.log.warn({ err: error }, 'an alert could not be sent, and is sent again');
    });
    await sleep(every, signal).catch(() => undefined);
  }
}

/** Tells what nobody was told yet, all in one; each once while it is so. How many were told. Throws when they could not be sent. */
export async function tellOfTrouble(deps: DaemonDeps, signal: AbortSignal): Promise<number> {
  const { alerts } = deps;
  if (!alerts) return 0;
  const items = await reading(deps.db, attentionItems);
  const ids = await inTransaction(deps.db, (tx) =>
    takeUntold(
      tx,
      items.map(({ id }) => id),
    ),
  );
  const untold = items.filter(({ id }) => ids.includes(id));
  if (untold.length === 0) return 0;
  if (alerts.webhook) await postJson(alerts.webhook, bodyOf(alerts, untold), signal);
  if (alerts.mail && deps.mailer) await deps.mailer.send(letterOf(alerts, alerts.mail, untold));
  await inTransaction(deps.db, (tx) => markTold(tx, ids));
  return untold.length;
}

function bodyOf({ siteName, site }: AlertSettings, items: readonly AttentionItem[]) {
  return {
    site: siteName,
    text: textOf(siteName, items),
    items: items.map(({ id, kind, text, since, hits, about }) => ({
      ...{ id, kind, text, hits },
      since: new Date(since).toISOString(),
      href: `${site}${about ?? '/attention'}`,
    })),
  };
}

/** Most receivers show `text`. */
function textOf(siteName: string, items: readonly AttentionItem[]): string {
  const [first] = items;
  const more = items.length > 1 ? ` (and ${items.length - 1} more)` : '';
  return `${siteName}: ${first?.text ?? ''}${more}`;
}

function letterOf({ siteName, site }: AlertSettings, to: string, items: readonly AttentionItem[]): Mail {
  const lines = items.map(({ text, about }) => `${text}\n${site}${about ?? '/attention'}`);
  const subject =
    items.length === 1
      ? textOf(siteName, items)
      : `${siteName}: ${counted(items.length, 'thing')} need attention`;
  return { to, subject: subject.slice(0, 200), text: `${lines.join('\n\n')}\n` };
}
