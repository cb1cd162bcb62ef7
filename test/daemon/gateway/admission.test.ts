import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { LabError } from '../../../src/domain/errors.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

describe('daemon/gateway: who comes in', () => {
  let house: RunningGateway;
  before(async () => {
    house = await runGateway();
  });
  after(() => house.stop());

  it('leaves every other address to others', async () => {
    for (const path of ['/', '/gateway', '/gatewayx/files', '/reservations/1', '//gateway/files'])
      assert.equal((await house.fetch(path)).status, 418, path);
    await assert.rejects(house.open('/other'), /418/);
  });

  it('knows no other door', async () => {
    assert.equal((await house.fetch('/gateway/other')).status, 404);
    await assert.rejects(house.open('/gateway/other'), /404/);
    assert.equal((await house.fetch('/gateway/terminal')).status, 426);
    assert.equal((await house.fetch('/gateway/files', { method: 'DELETE' })).status, 405);
  });

  it('takes a ticket once, and only for what it is for', async () => {
    const path = house.address('console', 1);
    const screen = await house.open(path);
    screen.close();
    await assert.rejects(house.open(path), /401/);
    await assert.rejects(house.open(house.address('files', 1).replace('files', 'terminal')), /401/);
    await assert.rejects(house.open('/gateway/terminal'), /401/);
    const response = await house.fetch('/gateway/files?ticket=none');
    assert.equal(response.status, 401);
    assert.match(((await response.json()) as { detail: string }).detail, /ticket/);
  });

  it('takes pages of this site only, and asks before it uses the ticket', async () => {
    const path = house.address('console', 1);
    for (const origin of [
      'https://evil.example',
      'null',
      'https://labs.example.org.evil.example',
      'http://labs.example.org',
    ])
      await assert.rejects(house.open(path, { origin }), /403/, origin);
    const [same, known] = [`http://127.0.0.1:${house.port}`, 'https://labs.example.org'];
    (await house.open(path, { origin: known })).close();
    (await house.open(house.address('console', 1), { origin: same })).close();
    (await house.open(house.address('console', 1))).close();
    const init = { method: 'PUT', body: 'x', headers: { origin: 'https://evil.example' } };
    assert.equal((await house.fetch(house.address('files', 1, { name: 'x' }), init)).status, 403);
  });

  it('closes a terminal window that sends what is no message', async () => {
    for (const message of [
      '{',
      '{"type":"resize"}',
      '{"type":"resize","cols":-1,"rows":5}',
      '{"type":"eval"}',
    ]) {
      const screen = await house.open(house.address('terminal', 1));
      screen.socket.send(message);
      assert.equal(await screen.closed(), 1008, message);
    }
  });

  it('says that the machine does not answer, and gives up at the end', async () => {
    const impatient = await runGateway({ settings: { reattachSeconds: 1 } });
    const screen = await impatient.open(impatient.address('terminal', 1));
    assert.match((await screen.told('notice')).text, /does not answer yet/);
    assert.equal((await screen.told('ended')).reason, 'The machine does not answer.');
    assert.equal((await impatient.fetch(impatient.address('files', 1))).status, 409);
    await impatient.stop();
  });

  it('opens nothing that could not be noted as opened', async () => {
    const unnoted = await runGateway({ opened: () => Promise.reject(new Error('database is away')) });
    await assert.rejects(unnoted.open(unnoted.address('terminal', 1)), /500/);
    assert.equal((await unnoted.fetch(unnoted.address('files', 1))).status, 500);
    await unnoted.stop();
  });

  it('says why when the reservation is over by now', async () => {
    const over = await runGateway({
      opened: () => Promise.reject(new LabError('reservation.state-changed')),
    });
    await assert.rejects(over.open(over.address('terminal', 1)), /409/);
    const response = await over.fetch(over.address('files', 1));
    assert.equal(response.status, 409);
    assert.match(((await response.json()) as { detail: string }).detail, /has changed in the meantime/);
    await over.stop();
  });
});
