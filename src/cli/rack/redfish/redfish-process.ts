/** The BMC of a rack's machine that speaks Redfish: a process of its own, which stands in the machine's folder. */
import { version } from '../../version.ts';
import { readRackNode } from '../rack-node.ts';
import { chassisMachine } from './chassis-machine.ts';
import { serveRedfish } from './serve-redfish.ts';

const node = await readRackNode(process.cwd());
if (!node) throw new Error(`${process.cwd()} is no machine's folder`);
const { folder, bmc } = node;
const host = '127.0.0.1';
const machine = chassisMachine(node);
const { fingerprint } = await serveRedfish({ machine, folder, host, port: bmc.port, account: bmc, version });
console.log(`${node.name}: Redfish at https://${host}:${bmc.port}/redfish/v1/, SHA-256 ${fingerprint}`);
