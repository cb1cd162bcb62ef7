/** The real application over fake services, on a port of its own. */
import type { Express } from 'express';
import { pino } from 'pino';
import type { Services } from '../../src/services/services.ts';
import { createApp } from '../../src/web/app.ts';
import { formToken } from '../../src/web/form-token.ts';
import type { GatewayDoors } from '../../src/web/gateway-doors.ts';
import type { WebConfig } from '../../src/web/web.ts';
import { FakeLab, fakeServices } from './fake-services.ts';
import * as sample from './sample-views.ts';

export interface TestApp {
  readonly app: Express;
  readonly lab: FakeLab;
  /** What was written to the log, one object a line. */
  readonly logged: Record<string, unknown>[];
}

export function testApp(
  over: Partial<Services> = {},
  publicUrl: string | null = null,
  gateway?: GatewayDoors,
  settings: Partial<WebConfig> = {},
): TestApp {
  const lab = new FakeLab();
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const secureCookies = publicUrl?.startsWith('https:') === true;
  const config = { publicUrl, secureCookies, siteName: 'Labrador', sendsMail: false, ...settings };
  const door = gateway === undefined ? {} : { gateway };
  return { app: createApp({ services: fakeServices(lab, over), config, log, ...door }), lab, logged };
}

export const asStudent = 'labrador-session=student-session-secret';
export const asImageAdministrator = 'labrador-session=image-admin-session-secret';
export const asNewcomer = 'labrador-session=new-session-secret';
export const asAdministrator = 'labrador-session=admin-session-secret';
export const studentToken = formToken('student-session-secret', sample.student.id);
export const administratorToken = formToken('admin-session-secret', sample.administrator.id);
