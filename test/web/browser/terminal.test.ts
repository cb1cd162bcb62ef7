import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  axeFindings,
  launch,
  openWindow,
  overflow,
  startSite,
  type TestSite,
} from '../../helpers/browser.ts';
import { FakeGateway } from '../../helpers/fake-gateway.ts';
import * as sample from '../../helpers/sample-views.ts';

const session = 'student-session-secret';

describe('the terminal in a browser', () => {
  const gateway = new FakeGateway();
  let browser: Browser;
  let site: TestSite;
  let context: BrowserContext;
  let page: Page;
  before(async () => {
    [browser, site] = await Promise.all([launch({ webgl: true }), startSite(gateway)]);
  });
  beforeEach(async () => {
    site.lab.put(sample.reservation());
    site.lab.connected = false;
    gateway.typed.length = 0;
    ({ context, page } = await openWindow(browser, site, session, []));
  });
  afterEach(() => context.close());
  after(async () => {
    await browser.close();
    gateway.close();
    await site.server.stop();
  });

  const isOpen = () => page.waitForSelector('[data-terminal-state][data-now="open"]');
  const show = async () => {
    await page.goto(`${site.base}/reservations/7/terminal`);
    await isOpen();
  };

  it('opens the way by itself, takes what is typed and draws by WebGL', async () => {
    await show();
    assert.ok(site.lab.connected, 'Connect was pressed for the person');
    await page.keyboard.type('echo ok');
    await until(() => gateway.typed.join('') === 'echo ok');
    assert.ok(await page.$('.terminal-screen canvas'));
    assert.doesNotMatch(page.url(), /renderer/);
  });

  it('tells the shell how large the window is', async () => {
    await show();
    await page.setViewportSize({ width: 700, height: 500 });
    await until(() => gateway.controls.some((control) => /"type":"resize"/.test(control)));
  });

  it('comes back by itself after a cut, and shows what there was once', async () => {
    await show();
    gateway.cut();
    await page.waitForSelector('[data-terminal-state][data-now="waiting"]');
    await isOpen();
    await page.keyboard.type('x');
    await until(() => gateway.typed.join('') === 'x');
  });

  it('says that the machine does not answer, and that another shell is a new one', async () => {
    await show();
    gateway.lose();
    const state = page.locator('[data-terminal-state][data-now="waiting"]');
    assert.equal(await state.textContent(), 'No answer');
    gateway.shell = 'second';
    gateway.cut();
    await isOpen();
    assert.deepEqual(await page.evaluate('Object.values(sessionStorage)'), ['second']);
  });

  it('says why it has ended and offers to connect again', async () => {
    await show();
    gateway.end('Your time is over.');
    await page.waitForSelector('[data-terminal-over]:not([hidden])');
    assert.equal(await page.textContent('[data-terminal-over-text]'), 'Your time is over.');
    await page.keyboard.press('Enter');
    await isOpen();
    gateway.end('The shell was left.');
    await page.click('[data-terminal-again]');
    await isOpen();
  });

  it('offers the page of the reservation while the machine is being changed', async () => {
    await show();
    const { can } = sample.reservation();
    site.lab.put(sample.reservation({ state: 'reinstall', can: { ...can, connect: false } }));
    gateway.end('The machine is installed anew.');
    await page.waitForSelector('[data-terminal-back]:focus');
    assert.equal(await page.isVisible('[data-terminal-again]'), false);
    assert.equal(await page.isVisible('[data-terminal-anew]'), false);
  });

  it('offers another one when the reservation is over', async () => {
    await show();
    await page.click('[data-files-button]');
    await page.waitForSelector('.file-list .folder');
    site.lab.put(sample.ended);
    gateway.end('The reservation has ended.');
    await page.waitForSelector('[data-terminal-anew] button:focus');
    assert.equal(await page.isVisible('[data-files]'), false);
    assert.equal(
      await page.textContent('[data-terminal-over-text]'),
      'The reservation has ended. You ended it.',
    );
    assert.equal(await page.isVisible('[data-terminal-again]'), false);
    assert.equal(await page.isVisible('[data-terminal-extend]'), false);
    assert.ok(await page.isVisible('[data-terminal-home]'));
    assert.deepEqual(await axeFindings(page), []);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/reservations\/7\?open=terminal$/);
    assert.equal(site.lab.asked.at(-1), 'reserve tiny 120 now');
  });

  it('lets the keyboard out with Ctrl Shift Esc', async () => {
    await show();
    await page.keyboard.press('Control+Shift+Escape');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Files');
  });

  it('sends files, lists the home and opens its folders', async () => {
    await show();
    await page.click('[data-files-button]');
    await page.waitForSelector('.file-list .folder');
    await page.setInputFiles('[data-upload]', {
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.alloc(2048),
    });
    await page.waitForSelector('.file-list a[href="/reservations/7/download?path=notes.txt"]');
    assert.equal(gateway.home.get('notes.txt')?.length, 2048);
    assert.match(String(await page.textContent('[data-transfers]')), /notes\.txt is in your home folder/);
    assert.deepEqual(await axeFindings(page), []);
    await page.click('.file-list a[data-folder="work"]');
    await page.waitForSelector('a[href="/reservations/7/download?archive=work"]');
    assert.equal(await page.textContent('[data-place]'), 'Home / work');
    await page.click('[data-place] a');
    await page.waitForSelector('.file-list .folder');
    await page.keyboard.press('Escape');
    assert.equal(await page.isVisible('[data-files]'), false);
  });

  it('calls a file there when the machine has written it, not when it is sent', async () => {
    const machine = new EventEmitter();
    gateway.written = once(machine, 'written');
    await show();
    await page.click('[data-files-button]');
    await page.waitForSelector('.file-list .folder');
    const file = { name: 'slow.bin', mimeType: 'text/plain', buffer: Buffer.alloc(300_000) };
    await page.setInputFiles('[data-upload]', file);
    await page.waitForSelector('[data-transfers] >> text=slow.bin is sent. The machine is still writing it.');
    await page.waitForSelector('[data-transfers] progress:not([value])');
    assert.deepEqual(await axeFindings(page), []);
    machine.emit('written');
    await page.waitForSelector('[data-transfers] >> text=slow.bin is in your home folder.');
    assert.equal(await page.locator('[data-transfers] progress').count(), 0);
  });

  it('extends without being left', async () => {
    await show();
    await page.click('[data-terminal-extend] button');
    await until(() => site.lab.asked.includes('extend 7 30'));
    await page.waitForSelector('[data-terminal-told] >> text=Extended by 30 minutes.');
    await page.keyboard.type('still here');
    await until(() => gateway.typed.join('') === 'still here');
  });

  it('has keys that phones lack, and fits on one', async () => {
    await context.close();
    const phone = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };
    context = await browser.newContext(phone);
    await context.addCookies([{ name: 'labrador-session', value: session, url: site.base }]);
    page = await context.newPage();
    await show();
    await page.tap('[data-key="Control"]');
    await page.keyboard.type('c');
    await page.tap('[data-key="ArrowUp"]');
    await until(() => gateway.typed.join('') === '\u0003\u001b[A');
    assert.ok((await overflow(page)) <= 0);
    assert.deepEqual(await axeFindings(page), []);
  });
});

describe('the terminal in a browser without WebGL', () => {
  it('is shown by the other renderer, with styles let in on that address alone', async () => {
    const gateway = new FakeGateway();
    const [browser, site] = await Promise.all([launch(), startSite(gateway)]);
    site.lab.put(sample.reservation());
    const errors: string[] = [];
    const { page } = await openWindow(browser, site, session, errors);
    await page.addInitScript('HTMLCanvasElement.prototype.getContext = () => null;');
    await page.goto(`${site.base}/reservations/7/terminal`);
    await page.waitForURL(/renderer=dom/);
    await page.waitForSelector('[data-terminal-state][data-now="open"]');
    await page.waitForSelector('.xterm-rows >> text=Welcome to Tiny Linux');
    await browser.close();
    gateway.close();
    await site.server.stop();
  });
});

/** Looks again with every turn of the event loop; mocha's time-out ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((done) => setImmediate(done));
}
