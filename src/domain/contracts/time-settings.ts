/** Time-outs of vcl.md 8.1, in seconds. */
export interface TimeSettings {
  readonly acknowledgeSeconds: number;
  readonly initialConnectSeconds: number;
  readonly reconnectSeconds: number;
  /** How long nothing may be typed while somebody is connected; 0: for ever. */
  readonly idleSeconds: number;
  readonly inuseCheckSeconds: number;
  /** Longer reservations are not checked for being connected (VCL ignore_connections_gte, 1440 minutes). */
  readonly ignoreConnectionsFromMinutes: number;
  readonly loadTimeoutSeconds: number;
  /** How long a load waits for the booking before it to leave the node. */
  readonly graceSeconds: number;
}
