import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { tellOfTrouble } from '../../src/daemon/alerts.ts';
import type { DaemonDeps } from '../../src/daemon/deps.ts';
import type { Mail } from '../../src/lib/mail.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';

interface Told {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly href: string }[];
}

describe('alerts (req. 30)', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let receiver: Server;
    let deps: DaemonDeps;
    let status = 200;
    const told: Told[] = [];
    const mails: Mail[] = [];

    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 2 });
      [status, told.length, mails.length] = [200, 0, 0];
      receiver = createServer((request, response) => void take(request, response));
      const take = async (request: IncomingMessage, response: ServerResponse) => {
        const body = JSON.parse(await text(request)) as Told;
        if (status === 200) told.push(body);
        response.writeHead(status).end();
      };
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/lab`;
      const site = 'https://lab.example.org';
      const send = async (mail: Mail) => void mails.push(mail);
      const mailer = { site, from: 'lab@example.org', send, close: () => undefined };
      deps = {
        ...lab.deps,
        mailer,
        alerts: { webhook, mail: 'ops@example.org', siteName: 'Lab', site },
      };
    });
    afterEach(async () => {
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
      await lab.close();
    });

    const fail = (id: number, failure: string | null) =>
      lab.db
        .knex('nodes')
        .where({ id })
        .update({ state: failure ? 'failed' : 'available', failure, failed_at: failure ? 1 : null });
    const tell = () => tellOfTrouble(deps, AbortSignal.timeout(60_000));

    it('say once what newly needs a person, by webhook and mail, and again when it was well between', async () => {
      assert.equal(await tell(), 0);
      await fail(1, 'Its disk is full.');
      assert.equal(await tell(), 1);
      assert.equal(await tell(), 0);
      await fail(2, 'It could not be cleaned.');
      assert.equal(await tell(), 1);
      assert.deepEqual(
        told.map(({ text: says, items }) => [says, items[0]?.href]),
        [
          ['Lab: Machine sim1 is out of order: Its disk is full.', 'https://lab.example.org/nodes/1'],
          ['Lab: Machine sim2 is out of order: It could not be cleaned.', 'https://lab.example.org/nodes/2'],
        ],
      );
      assert.deepEqual([mails.length, mails[0]?.to], [2, 'ops@example.org']);
      await fail(1, null);
      assert.equal(await tell(), 0);
      await fail(1, 'Its disk is full.');
      assert.equal(await tell(), 1);
    });

    it('that could not be sent are sent later, and are of nobody who has another at the same time', async () => {
      status = 503;
      await fail(1, 'Its disk is full.');
      await assert.rejects(tell(), /answered with 503/);
      status = 200;
      assert.equal(await tell(), 0, 'whoever took it may still be at it');
      await lab.db.knex('alerts').update({ taken_at: 0 });
      assert.equal(await tell(), 1);
      assert.equal(told.length, 1);
    });
  });
});
