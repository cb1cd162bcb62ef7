/** Where a bare-metal pool keeps its files. The image server, a process of its own, knows nothing but these. */
import { join } from 'node:path';

export interface MetalFiles {
  /** `<mac>.json`: what a machine is to do when it starts from the network. */
  readonly jobs: string;
  readonly streams: string;
  readonly agents: string;
  /** `<mac>.json`: every machine that ever asked for a boot script. */
  readonly seen: string;
  /** The DHCP service of the imaging network. */
  readonly dhcp: string;
  readonly serverConfig: string;
  readonly serverSocket: string;
  readonly serverLog: string;
  /** Held by the image server as long as it runs. */
  readonly serverLock: string;
  /** Which process that is, written by itself. */
  readonly serverProcess: string;
}

export function metalFiles(directory: string): MetalFiles {
  const inside = (name: string) => join(directory, name);
  return {
    jobs: inside('jobs'),
    streams: inside('streams'),
    agents: inside('agents'),
    seen: inside('seen'),
    dhcp: inside('dhcp'),
    serverConfig: inside('image-server.json'),
    serverSocket: inside('image-server.sock'),
    serverLog: inside('image-server.log'),
    serverLock: inside('image-server.lock'),
    serverProcess: inside('image-server.process.json'),
  };
}

/** `52:54:00:AB:00:01` and `52-54-00-ab-00-01` alike as `52:54:00:ab:00:01`; null when it is no MAC address. */
export function macAddress(text: string): string | null {
  const mac = text.toLowerCase().replaceAll('-', ':');
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? mac : null;
}

export function macFileName(mac: string): string {
  return mac.replaceAll(':', '-');
}
