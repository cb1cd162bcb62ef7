/** The journey of a request, from top to bottom. */
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Services } from '../services/services.ts';
import { loadAssets } from './assets.ts';
import type { GatewayDoors } from './gateway-doors.ts';
import { HttpTimes } from './http-times.ts';
import { answerErrors, nothingHere } from './middleware/answer-errors.ts';
import { checkApiForm, checkForm } from './middleware/check-form.ts';
import { countAttention } from './middleware/count-attention.ts';
import { findVisit } from './middleware/find-visit.ts';
import { guard } from './middleware/guard.ts';
import { noteMethod } from './middleware/known-addresses.ts';
import { logRequests } from './middleware/log-requests.ts';
import { noStore } from './middleware/no-store.ts';
import { formBody, jsonBody } from './middleware/read-body.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { serveAssets } from './middleware/serve-assets.ts';
import { isApi, type Route } from './route.ts';
import { routes } from './routes.ts';
import { loadViews } from './views.ts';
import type { Web, WebConfig } from './web.ts';

export interface AppOptions {
  readonly services: Services;
  readonly config: WebConfig;
  readonly log: Logger;
  /** The gateway's doors, `/gateway/...`, where it runs in this process. It checks its own tickets. */
  readonly gateway?: Pick<GatewayDoors, 'handle'>;
}

export function createApp(options: AppOptions): Express {
  const { services, config, log, gateway = null } = options;
  const web: Web = {
    services,
    config,
    log,
    gateway,
    assets: loadAssets(),
    views: loadViews(),
    times: new HttpTimes(),
  };
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.publicUrl === null ? false : 'loopback, linklocal, uniquelocal');
  app.use(logRequests(log, web.times));
  app.use(securityHeaders(config.secureCookies));
  app.use(serveAssets(web.assets));
  if (gateway !== null) app.use(gatewayDoor(gateway));
  app.use(noStore);
  app.use(findVisit(web));
  app.use(countAttention(web));
  for (const route of routes) addRoute(app, web, route);
  for (const { path, method } of routes) app.route(path).all(noteMethod(method));
  app.use(nothingHere);
  app.use(answerErrors(web));
  return app;
}

function gatewayDoor(gateway: Pick<GatewayDoors, 'handle'>): RequestHandler {
  return (req, res, next) => {
    if (!gateway.handle(req, res)) next();
  };
}

function addRoute(app: Express, web: Web, route: Route): void {
  const handle: RequestHandler = (req, res, next) => route.handle(web, req, res, next);
  app[route.method](route.path, guard(route), ...beforeChange(web, route), handle);
}

function beforeChange(web: Web, route: Route): RequestHandler[] {
  if (route.method === 'get') return [];
  return isApi(route.path) ? [checkApiForm(web), jsonBody(route)] : [formBody(route), checkForm(web, route)];
}
