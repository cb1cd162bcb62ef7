import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { tcpPeers, tcpPeersHere } from '../../src/lib/tcp-peers.ts';

describe('who is connected to a port', () => {
  it('is read from the tables of this computer while the connection stands', async () => {
    const held: Socket[] = [];
    const server = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    assert.deepEqual(await tcpPeersHere(port), []);
    const clients = [
      connect(port, '127.0.0.1'),
      connect({ port, host: '127.0.0.1', localAddress: '127.0.0.7' }),
    ];
    await Promise.all(clients.map((client) => once(client, 'connect')));
    assert.deepEqual((await tcpPeersHere(port)).sort(), ['127.0.0.1', '127.0.0.7']);
    for (const socket of [...clients, ...held]) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  it('is told in IPv4 and IPv6, at one of several addresses, and not of what listens or has ended', () => {
    // as a machine with the processor of this computer shows them
    const here = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
    const tables = `  sl  local_address rem_address   st
   0: 00000000:0016 00000000:0000 0A
   1: 0F02000A:0016 0202000A:D2F0 01
   2: 0A0200C0:0016 070200C0:D2F1 01
   3: 0A0200C0:0016 080200C0:D2F1 06
   4: B80D0120000000000000000001000000:0016 B80D0120000000000000000007000000:D2F2 01
   5: 0000000000000000FFFF00000A0200C0:0016 0000000000000000FFFF0000090200C0:D2F3 01`;
    if (!here) return;
    assert.deepEqual(tcpPeers(tables, { port: 22, host: '192.0.2.10' }), ['192.0.2.7', '192.0.2.9']);
    assert.deepEqual(tcpPeers(tables, { port: 22, host: '2001:db8::1' }), ['2001:db8::7']);
    assert.equal(tcpPeers(tables, { port: 22 }).length, 4);
    assert.deepEqual(tcpPeers(tables, { port: 23 }), []);
  });
});
