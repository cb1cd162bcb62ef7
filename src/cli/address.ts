import { hostname, userInfo } from 'node:os';
import { type Config, isLoopback } from '../lib/config.ts';

/** Where people find the site: as configured, else where it listens. No slash at its end. */
export function siteAddress(config: Config, port = config.port): string {
  if (config.publicUrl !== null) return config.publicUrl;
  const everywhere = config.host === '0.0.0.0' || config.host === '::';
  const host = everywhere ? hostname() : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * The command that brings the site to the computer somebody came from over SSH; null when nobody did or it is not needed.
 * `SSH_CONNECTION` is "client port server port" (sshd(8)).
 */
export function tunnelCommand(config: Config, port: number, env: NodeJS.ProcessEnv): string | null {
  const [, , server, sshPort] = (env.SSH_CONNECTION ?? '').split(' ');
  if (!server || !isLoopback(config.host) || config.publicUrl !== null) return null;
  const other = sshPort === undefined || sshPort === '22' ? '' : ` -p ${sshPort}`;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return `ssh -L ${port}:${host}:${port}${other} ${env.USER ?? userInfo().username}@${server}`;
}
