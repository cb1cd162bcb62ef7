import { createTransport } from 'nodemailer';
import { ModuleError } from '../domain/errors.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** An invitation that calendars understand (RFC 5546). */
  readonly invitation?: { readonly method: 'REQUEST' | 'CANCEL'; readonly content: string };
}

export interface MailSettings {
  /** `smtp://user:password@host:port` or `smtps://...`. */
  readonly url: string;
  /** The sender's address. */
  readonly from: string;
}

/** Sends plain mail through one SMTP server. `send` throws ModuleError: `retry` when the server is busy or away, `failed` when it refuses. */
export function createMailer(settings: MailSettings): { send(mail: Mail): Promise<void>; close(): void } {
  const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
  const transport = createTransport({ url: settings.url, ...patience }, { from: settings.from });
  return {
    async send({ invitation, ...mail }) {
      try {
        await transport.sendMail(invitation ? { ...mail, icalEvent: invitation } : mail);
      } catch (error) {
        const { responseCode } = error as { responseCode?: number };
        const refused = responseCode !== undefined && responseCode >= 500;
        throw new ModuleError(refused ? 'failed' : 'retry', 'The mail server did not take the mail.', {
          cause: error,
        });
      }
    },
    close: () => transport.close(),
  };
}
