import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { connectDatabase, type Database, migrate } from '../../../db/connect.ts';
import { createApp } from '../../../src/web/app.ts';
import { type RunningServer, startServer } from '../../../src/web/server.ts';
import { launch } from '../../helpers/browser.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';
import { addPerson, quickHash } from '../../helpers/people.ts';

const password = 'a long enough password';

/** An administrator over the real services and a running daemon; its machines are simulated. */
describe('an administrator walks', function () {
  this.timeout(120_000);
  let folder: string;
  let db: Database;
  let lab: Lab;
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let base: string;
  let errors: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-walk-'));
    db = connectDatabase(`sqlite:${join(folder, 'walk.sqlite')}`);
    await migrate(db);
    lab = await makeLab(db, { nodes: 1 });
    await lab.startDaemon();
    const config = { publicUrl: null, secureCookies: false, siteName: 'Labrador', sendsMail: false };
    const app = createApp({ services: lab.services, config, log: pino({ level: 'silent' }) });
    server = await startServer({ app, host: '127.0.0.1', port: 0 });
    base = `http://127.0.0.1:${server.port}`;
    await addPerson(db, { name: 'ada', role: 'administrator', passwordHash: quickHash(password) });
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await lab.close();
    await db.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    errors = [];
    const { session } = await lab.services.signIn({ name: 'ada', password, network: '192.0.2.1' });
    context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' });
    await context.addCookies([{ name: 'labrador-session', value: session, url: base }]);
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => errors.push(String(error)));
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(errors, []);
  });

  const stateOf = async (name: string) => (await db.knex('nodes').where({ name }).first())?.state;

  it('adds four nodes by a pattern: first what it will do, then they come into service', async () => {
    await page.goto(`${base}/nodes/add`);
    await page.fill('#pattern', 'lab[1-4]');
    await page.click('text=Show what it will do');
    await page.waitForSelector('text=4 of 4 can be added.');
    assert.equal(await stateOf('lab1'), undefined);
    await page.click('button:has-text("Add 4")');
    await page.waitForSelector('text=4 of 4 were added.');
    for (const name of ['lab1', 'lab4']) await lab.until(async () => (await stateOf(name)) === 'available');
  });

  it('adds others from a file, and reads what is wrong with which', async () => {
    const file = join(folder, 'room.csv');
    await writeFile(file, '\ufeffname,memoryMb\r\nroom1,512\r\nsim1,512\r\nroom1,512\r\nroom2,lots\r\n');
    await page.goto(`${base}/nodes/add`);
    await page.setInputFiles('#file', file);
    await page.waitForSelector('text=room.csv: 5 lines, put into the table.');
    await page.click('text=Show what it will do');
    await page.waitForSelector('text=1 of 4 can be added.');
    const rows = await page.locator('tbody tr').allInnerTexts();
    const says = (line: number) => rows.find((row) => row.includes(`\t${line}\t`)) ?? '';
    assert.match(says(3), /The name is taken/);
    assert.match(says(4), /The name stands in line 2 too/);
    assert.match(says(5), /memoryMb must be a whole number/);
  });

  it('takes a node that somebody has out of service: after them, or now with a reason that they are told', async () => {
    const sam = await lab.person('sam');
    const { id } = await lab.services.reserve(sam, { image: 'simulated', minutes: 60 });
    const { nodeName } = await lab.reaches(sam, id, 'reserved');
    const node = await db.knex('nodes').where({ name: nodeName }).first();
    await page.goto(`${base}/nodes/${node.id}`);
    await page.click('a:has-text("Maintenance")');
    await page.waitForSelector(`text=/after the reservation of sam|sam/`);
    assert.equal(
      await page.getAttribute('nav[aria-label="When"] a', 'aria-current'),
      'true',
      'after comes first',
    );
    await page.click('button:has-text("Maintenance")');
    await page.waitForSelector('text=Done on 1 of 1.');
    await page.waitForSelector('text=It goes into maintenance after the reservation of sam');
    assert.equal((await lab.services.getReservation(sam, id)).state, 'reserved');

    const other = await context.newPage();
    await other.goto(`${base}/nodes/${node.id}`);
    await page.goto(`${base}/nodes/orders?id=${node.id}&action=maintenance`);
    await page.click('nav[aria-label="When"] a:has-text("Now")');
    await page.waitForURL(/when=now/);
    await page.fill('#reason', 'The fan is broken');
    await page.click('button:has-text("Maintenance")');
    await page.waitForSelector('text=Done on 1 of 1.');
    await page.waitForSelector('td:has-text("It is in maintenance.")');
    await page.waitForSelector('td:has-text("Maintenance")');
    await lab.reaches(sam, id, 'complete', 'deleted');
    await lab.until(async () => (await stateOf(nodeName ?? '')) === 'maintenance');
    const notices = await db.knex('notices').where({ reservation_id: id });
    assert.match(JSON.stringify(notices), /The fan is broken/);
    await other.waitForSelector('.title-row:has-text("Maintenance")');
    await other.waitForSelector('.lead:has-text("Why: The fan is broken")');
  });

  it('makes a pool, tests it and removes it with the keyboard alone', async () => {
    const tabTo = async (text: RegExp) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(
          "document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || ''",
        );
        if (text.test(String(focused).trim())) return;
      }
      assert.fail(`no way to ${text} with the keyboard`);
    };
    await page.goto(`${base}/pools`);
    await tabTo(/^Add a pool$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/pools\/new$/);
    await tabTo(/^Simulated machines$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/module=simulator/);
    await tabTo(/^Name$/);
    await page.keyboard.type('Room 1');
    await tabTo(/^failureRate$/);
    await page.keyboard.type('7');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#failureRate-error:has-text("must be at most 1")');
    assert.equal(await page.inputValue('#name'), 'Room 1');
    await page.fill('#failureRate', '0');
    await page.focus('#name');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/pools\/\d+\?said=pool-added/);
    await tabTo(/^Test$/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.checks >> text=These machines are simulated');
    await tabTo(/^Remove$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/remove$/);
    await tabTo(/^Remove it$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/pools\?said=pool-removed/);
  });
});
