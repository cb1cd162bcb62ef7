import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { createMailer } from '../../src/lib/mail.ts';

describe('mail', () => {
  it('reaches a real SMTP server with sender, recipient, subject and text', async () => {
    const received: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        stream.setEncoding('utf8').on('data', (part: string) => received.push(part));
        stream.on('end', () => done());
      },
    });
    const url = await listen(server);
    const mailer = createMailer({ url, from: 'labrador@example.org' });
    await mailer.send({ to: 'ann@example.org', subject: 'Your machine is ready', text: 'Sixty minutes.' });
    mailer.close();
    const mail = received.join('');
    assert.match(mail, /^From: labrador@example\.org/m);
    assert.match(mail, /^To: ann@example\.org/m);
    assert.match(mail, /^Subject: Your machine is ready/m);
    assert.match(mail, /Sixty minutes\./);
    await new Promise<void>((resolve) => server.close(resolve));
  });

  it('says whether trying again can help', async () => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error('no such person'), { responseCode: 550 })),
    });
    const mailer = createMailer({ url: await listen(server), from: 'labrador@example.org' });
    const mail = { to: 'nobody@example.org', subject: 'x', text: 'y' };
    await assert.rejects(mailer.send(mail), { kind: 'failed' });
    await new Promise<void>((resolve) => server.close(resolve));
    await assert.rejects(mailer.send(mail), { kind: 'retry' });
  });
});

async function listen(server: SMTPServer): Promise<string> {
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}
