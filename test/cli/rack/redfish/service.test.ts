import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServedRedfish, serveRedfish } from '../../../../src/cli/rack/redfish/serve-redfish.ts';
import { askPinned } from '../../../../src/lib/pinned-https.ts';
import { pretendMachine } from './pretend-machine.ts';

const account = { username: 'admin', password: 'correct horse' };
const system = '/redfish/v1/Systems/1';
const reset = `${system}/Actions/ComputerSystem.Reset`;
const sessions = '/redfish/v1/SessionService/Sessions';
const basic = { authorization: `Basic ${Buffer.from('admin:correct horse').toString('base64')}` };

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The last part of the first message's id. */
  readonly message: string | undefined;
}

describe('The Redfish service of the rack', () => {
  const machine = pretendMachine();
  let folder: string;
  let served: ServedRedfish;
  const serve = () =>
    serveRedfish({ machine, folder, host: '127.0.0.1', port: 0, account, version: '0.1.0' });
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redfish-'));
    served = await serve();
  });
  after(async () => {
    await served.stop();
    await rm(folder, { recursive: true });
  });

  async function ask(method: string, path: string, body?: unknown, headers: object = basic): Promise<Answer> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const answer = await askPinned({
      ...{ host: '127.0.0.1', port: served.port, method, path, ...sent, timeoutMs: 10_000 },
      headers: { 'content-type': 'application/json', ...headers },
      fingerprint: served.fingerprint,
      signal: new AbortController().signal,
    });
    const parsed = answer.body === '' ? {} : JSON.parse(answer.body);
    const id: string | undefined = parsed.error?.['@Message.ExtendedInfo'][0].MessageId;
    return { ...answer, body: parsed, message: id?.split('.').at(-1) };
  }
  const patch = async (path: string, body: unknown) =>
    ask('PATCH', path, body, { ...basic, 'if-match': '*' });

  it('leads from its root to every resource, each of which says what and where it is', async () => {
    const seen = new Set<string>();
    const waiting = ['/redfish/v1/'];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const { status, body, headers } = await ask('GET', path);
      assert.equal(status, 200, path);
      assert.equal(body['@odata.id'], path);
      assert.match(String(body['@odata.type']), /^#(\w+)\.(v\d+_\d+_\d+\.)?\1$/);
      assert.ok(body.Name);
      assert.equal(headers['odata-version'], '4.0');
      waiting.push(...linksIn(body));
    }
    for (const name of ['Systems/1', 'Chassis/1', 'Managers/1', 'AccountService/Accounts/1'])
      assert.ok(seen.has(`/redfish/v1/${name}`), name);
  });

  it('shows its root to anybody and nothing else', async () => {
    assert.deepEqual((await ask('GET', '/redfish', undefined, {})).body, { v1: '/redfish/v1/' });
    assert.equal((await ask('GET', '/redfish/v1', undefined, {})).status, 200);
    for (const headers of [{}, { 'x-auth-token': 'guess' }, { authorization: 'Basic YWRtaW46YWRtaW4=' }]) {
      const { status, message } = await ask('GET', system, undefined, headers);
      assert.deepEqual([status, message], [401, 'NoValidSession']);
    }
  });

  it('opens a session, knows it until it is ended, and has few of them', async () => {
    const credentials = { UserName: account.username, Password: account.password };
    const opened = await ask('POST', sessions, credentials, {});
    assert.equal(opened.status, 201);
    const token = { 'x-auth-token': String(opened.headers['x-auth-token']) };
    const location = String(opened.headers.location);
    assert.equal((await ask('GET', location, undefined, token)).body.UserName, 'admin');
    assert.equal((await ask('DELETE', location, undefined, token)).status, 204);
    assert.equal((await ask('GET', system, undefined, token)).status, 401);
    assert.equal((await ask('POST', sessions, { ...credentials, Password: '' }, {})).status, 401);
    assert.equal((await ask('POST', sessions, 'no JSON', {})).message, 'MalformedJSON');
    const answers = [];
    for (let n = 0; n < 9; n++) answers.push(await ask('POST', sessions, credentials, {}));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [...Array(8).fill(201), 503],
    );
    for (const { headers } of answers.slice(0, 8)) await ask('DELETE', String(headers.location));
  });

  it('changes only what was seen as it is', async () => {
    const { headers } = await ask('GET', system);
    const body = { Boot: { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' } };
    const without = await ask('PATCH', system, body);
    assert.deepEqual([without.status, without.message], [428, 'PreconditionRequired']);
    const asSeen = { ...basic, 'if-match': String(headers.etag) };
    assert.equal((await ask('PATCH', system, body, asSeen)).status, 200);
    assert.equal(await machine.boot(), 'network');
    const late = await ask('PATCH', system, { Boot: { BootSourceOverrideEnabled: 'Disabled' } }, asSeen);
    assert.deepEqual([late.status, late.message], [412, 'PreconditionFailed']);
    assert.equal(await machine.boot(), 'network');
    await patch(system, { Boot: { BootSourceOverrideEnabled: 'Disabled' } });
    assert.equal(await machine.boot(), null);
  });

  it('refuses what it does not know, and changes nothing by it', async () => {
    const wrong = [
      [
        { Boot: { BootSourceOverrideEnabled: 'Continuous', BootSourceOverrideTarget: 'Pxe' } },
        'PropertyValueNotInList',
      ],
      [{ Boot: { BootSourceOverrideTarget: 'Floppy' } }, 'PropertyValueNotInList'],
      [{ Boot: { BootSourceOverrideMode: 'UEFI' } }, 'PropertyValueNotInList'],
      [{ PowerState: 'On' }, 'PropertyNotWritable'],
      ['[', 'MalformedJSON'],
    ] as const;
    for (const [body, message] of wrong) {
      const answer = await patch(system, body);
      assert.deepEqual([answer.status, answer.message], [400, message]);
    }
    assert.equal((await ask('POST', reset, {})).message, 'ActionParameterMissing');
    assert.equal((await ask('POST', reset, { ResetType: 'Nmi' })).message, 'ActionParameterValueNotInList');
    assert.equal((await ask('GET', '/redfish/v1/Systems/2')).message, 'ResourceMissingAtURI');
    assert.equal((await ask('GET', '/else')).status, 404);
    assert.equal((await ask('DELETE', system)).message, 'OperationNotAllowed');
    assert.equal((await ask('DELETE', `${sessions}/99`)).status, 404);
    assert.deepEqual([await machine.power(), await machine.boot()], ['off', null]);
  });

  it('switches the machine, and what is so already without an error', async () => {
    for (const [type, power] of [
      ['On', 'on'],
      ['On', 'on'],
      ['ForceRestart', 'on'],
      ['ForceOff', 'off'],
    ]) {
      assert.equal((await ask('POST', reset, { ResetType: type })).status, 204);
      assert.equal(await machine.power(), power);
    }
  });

  it('lights a lamp that machine and case share', async () => {
    assert.equal((await patch('/redfish/v1/Chassis/1', { LocationIndicatorActive: true })).status, 200);
    assert.equal((await ask('GET', system)).body.LocationIndicatorActive, true);
    await patch(system, { LocationIndicatorActive: false });
    assert.equal((await ask('GET', '/redfish/v1/Chassis/1')).body.LocationIndicatorActive, false);
  });

  it("is known by the same certificate after it was started again; its key is nobody else's", async () => {
    const again = await serve();
    assert.equal(again.fingerprint, served.fingerprint);
    await again.stop();
    assert.equal((await stat(join(folder, 'redfish.pem'))).mode & 0o777, 0o600);
  });
});

function linksIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '@odata.id' ? [String(inner)] : linksIn(inner),
  );
}
