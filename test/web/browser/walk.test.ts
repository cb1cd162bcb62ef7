import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { axeFindings, launch, openWindow, startSite, type TestSite } from '../../helpers/browser.ts';
import { FakeGateway } from '../../helpers/fake-gateway.ts';
import * as sample from '../../helpers/sample-views.ts';

const student = 'student-session-secret';

describe('a walk', () => {
  const gateway = new FakeGateway();
  let browser: Browser;
  let site: TestSite;
  let context: BrowserContext;
  let page: Page;
  let errors: string[];
  before(async () => {
    [browser, site] = await Promise.all([launch(), startSite(gateway)]);
  });
  beforeEach(async () => {
    site.lab.reservations.clear();
    site.lab.connected = false;
    errors = [];
    ({ context, page } = await openWindow(browser, site, student, errors));
  });
  afterEach(async () => {
    assert.deepEqual(errors, []);
    await context.close();
  });
  after(async () => {
    await browser.close();
    gateway.close();
    await site.server.stop();
  });

  /** Tabs until the focus is on what has this text. */
  const tabTo = async (text: RegExp) => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      const focused = String(await page.evaluate('document.activeElement.textContent')).trim();
      if (text.test(focused)) return;
    }
    assert.fail(`no way to ${text} with the keyboard`);
  };

  it('from Home to End with the keyboard alone', async () => {
    await page.goto(site.base);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'To the content');
    await tabTo(/^Start Tiny Linux/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/reservations\/7$/);
    site.lab.put(sample.reservation({ state: 'reserved' }));
    await page.waitForSelector('[data-phase="usable"] [data-connect]');
    await tabTo(/^Connect$/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Open terminal');
    await tabTo(/^Password$/);
    await page.keyboard.press('Enter');
    assert.ok(await page.isVisible('text=kerning-lantern-48'));
    await tabTo(/^Reboot…$/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open] >> text=Files on its disk stay');
    await page.keyboard.press('Escape');
    assert.equal(site.lab.asked.at(-1), 'connect 7', 'nothing is rebooted by one press');
    await tabTo(/^End…$/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate('document.activeElement.textContent.trim()'), 'End…');
    await page.keyboard.press('Enter');
    await tabTo(/^End it$/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-phase="over"]');
    assert.equal(site.lab.asked.at(-1), 'end 7');
  });

  it('through loading: steps, console, tab and title, then Connect in place', async () => {
    gateway.consoleText = '\u001b[1mLinux version 6.1\u001b[0m\r\nStarting SSH ... ok\r\n';
    site.lab.put(sample.loading);
    await page.goto(`${site.base}/reservations/7`);
    await page.waitForSelector('.console:has-text("Linux version 6.1")');
    assert.equal(await page.textContent('.console'), 'Linux version 6.1\nStarting SSH ... ok\n');
    assert.match(await page.title(), /^\d+ % Tiny Linux · Labrador$/);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await axeFindings(page), []);
    }
    await page.click('.log summary');
    site.lab.put({ ...sample.loading, steps: sample.steps(3) });
    await page.waitForSelector('.step.is-done >> nth=2');
    assert.ok(await page.isVisible('.log ol'), 'what was opened stays open');
    site.lab.put(sample.reservation({ state: 'reserved' }));
    await page.waitForSelector('text=Ready in 2.9 s');
    await page.waitForSelector('[data-tab-icon][href="/tab-icon/ready.svg"]', { state: 'attached' });
    assert.equal(await page.title(), 'Ready: Tiny Linux · Labrador');
    assert.equal(await page.isVisible('.console'), false);
  });

  it('by a launch link: signing in, one button, the terminal', async () => {
    await context.clearCookies();
    await page.goto(`${site.base}/start/tiny`);
    await page.fill('#name', 'student');
    await page.fill('#password', 'right password');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/start\/tiny$/);
    await page.waitForSelector('button:focus'); // a browser gives the focus once the page is drawn
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/reservations\/7\?open=terminal$/);
    site.lab.put(sample.reservation({ state: 'reserved' }));
    await page.waitForURL(/\/reservations\/7\/terminal/);
    await page.waitForSelector('[data-terminal-state][data-now="open"]');
    errors = errors.filter((error) => !/style-src/.test(error)); // xterm tries, and is refused
  });

  it('through the reserve form: the verdict follows what is typed', async () => {
    await page.goto(`${site.base}/reserve?image=tiny`);
    await page.waitForSelector('.verdict.yes');
    await page.fill('#minutes', '500');
    await page.waitForSelector('.verdict.no');
    await page.click('[data-minutes="120"]');
    await page.waitForSelector('.verdict.yes >> text=2 h');
    await page.click('text=Later');
    assert.ok(await page.isVisible('#start'));
    await page.fill('#minutes', '500');
    await page.click('button:has-text("4 h instead")');
    await page.waitForURL(/\/reservations\/7$/);
    assert.match(String(site.lab.asked.at(-1)), /^reserve tiny 240 \d+$/);
  });

  it('to the field that is wrong', async () => {
    await page.goto(`${site.base}/reserve?image=tiny`);
    await page.fill('#minutes', 'ten');
    await page.click('button:has-text("Reserve")');
    await page.waitForSelector('#minutes[aria-invalid]:focus');
    errors = errors.filter((error) => !/422/.test(error)); // the browser tells of every answer that is an error
  });

  it('beside the slider and its number', async () => {
    site.lab.put(sample.reservation());
    await page.goto(`${site.base}/reservations/7`);
    await page.locator('[data-slider]').fill('45');
    assert.equal(await page.inputValue('#extend-minutes'), '45');
    await page.fill('#extend-minutes', '20');
    assert.equal(await page.inputValue('[data-slider]'), '20');
    await page.click('[data-extend] button');
    await page.waitForSelector('text=Extended.');
    assert.equal(site.lab.asked.at(-1), 'extend 7 20');
  });

  it('without JavaScript, from Home to End', async () => {
    await context.close();
    context = await browser.newContext({ javaScriptEnabled: false });
    await context.addCookies([{ name: 'labrador-session', value: student, url: site.base }]);
    page = await context.newPage();
    await page.goto(site.base);
    await page.click('button:has-text("Start")');
    await page.waitForURL(/\/reservations\/7$/);
    site.lab.put(sample.reservation({ state: 'reserved' }));
    await page.reload();
    await page.click('button:has-text("Connect")');
    await page.click('summary:has-text("Password")');
    assert.ok(await page.isVisible('text=kerning-lantern-48'));
    await page.click('text=Reboot…');
    await page.click('button:has-text("Reboot")');
    await page.waitForURL(/\/reservations\/7$/);
    assert.equal(site.lab.asked.at(-1), 'reboot 7');
    await page.click('text=End…');
    await page.waitForURL(/\/reservations\/7\/end$/);
    await page.click('button:has-text("End it")');
    await page.waitForSelector('text=You ended it');
  });
});
