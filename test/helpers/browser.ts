/** A real Chromium on the real application. */
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { GatewayDoors } from '../../src/web/gateway-doors.ts';
import { type RunningServer, startServer } from '../../src/web/server.ts';
import { type TestApp, testApp } from './web-app.ts';

const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `webgl`: drawn by the processor, for the terminal. */
export function launch({ webgl = false } = {}): Promise<Browser> {
  const graphics = webgl
    ? ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
    : ['--disable-gpu'];
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...quiet, ...graphics] });
}

export interface TestSite extends TestApp {
  readonly base: string;
  readonly server: RunningServer;
}

export async function startSite(gateway?: GatewayDoors): Promise<TestSite> {
  const web = testApp({}, null, gateway);
  const door = gateway === undefined ? {} : { gateway };
  const server = await startServer({ app: web.app, host: '127.0.0.1', port: 0, ...door });
  return { ...web, server, base: `http://127.0.0.1:${server.port}` };
}

/** Signed in with this session; whatever goes wrong in a page is written to `errors`. */
export async function openWindow(
  browser: Browser,
  site: TestSite,
  session: string | null,
  errors: string[],
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    reducedMotion: 'reduce',
  });
  if (session !== null)
    await context.addCookies([{ name: 'labrador-session', value: session, url: site.base }]);
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { context, page };
}

/** What axe finds against WCAG 2.2 AA, one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const options = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
  const { violations } = (await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)})`,
  )) as axe.AxeResults;
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join(' | ')}`,
  );
}

/** Pixels by which the page is wider than the window. */
export async function overflow(page: Page): Promise<number> {
  return (await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )) as number;
}
