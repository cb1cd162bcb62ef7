/** What the web is given once and every handler may use: services, settings, log, assets, views. */
import type { Logger } from 'pino';
import type { Services } from '../services/services.ts';
import type { Assets } from './assets.ts';
import type { GatewayDoors } from './gateway-doors.ts';
import type { HttpTimes } from './http-times.ts';
import type { Views } from './views.ts';

export interface WebConfig {
  /** The site's address as people type it, without a slash at its end; null when it is only known by what is asked for. */
  readonly publicUrl: string | null;
  /** True when the site is https: cookies are then Secure. */
  readonly secureCookies: boolean;
  readonly siteName: string;
  /** Notices go out by mail, too. */
  readonly sendsMail: boolean;
}

export interface Web {
  readonly services: Services;
  readonly config: WebConfig;
  readonly log: Logger;
  readonly assets: Assets;
  readonly views: Views;
  readonly times: HttpTimes;
  /** Null where no gateway can be reached from here: in tests of pages alone. */
  readonly gateway: Pick<GatewayDoors, 'handle'> | null;
}
