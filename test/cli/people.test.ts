import assert from 'node:assert/strict';
import { startServer } from '../../src/web/server.ts';
import { labrador } from '../helpers/labrador.ts';
import { testApp } from '../helpers/web-app.ts';

describe('labrador user and group, over REST', function () {
  this.timeout(120_000);

  it('do what the pages of people and groups do', async () => {
    const { app, lab } = testApp();
    const server = await startServer({ app, host: '127.0.0.1', port: 0 });
    const LABRADOR_URL = `http://127.0.0.1:${server.port}`;
    const run = (args: string) =>
      labrador({ LABRADOR_URL, LABRADOR_TOKEN: 'admin-session-secret' }).run(args.split(' '));
    try {
      const said: Readonly<Record<string, RegExp>> = {
        'user show student': /First booking: 4 h \(students\)/,
        'user edit student --groups students administrators': /Sam Student/,
        'user disable student --end --reason Left': /student is disabled; reservations ended: 2/,
        'group edit students --overlap none --initial 60': /first booking 4 h, with extensions 6 h,/,
        'group members students --add ada nobody --remove student': /nobody: There is nobody with that login/,
      };
      for (const [args, wanted] of Object.entries(said)) {
        const { code, out, err } = await run(args);
        assert.equal(code, 0, err);
        assert.match(out, wanted);
      }
      assert.deepEqual(lab.asked, [
        'edit-person 3 {"groups":["students","administrators"]}',
        'disable 3 {"reservations":"end","reason":"Left"}',
        'edit-group 2 {"limits":{"initialMinutes":60,"overlap":null}}',
        'members 2 +ada,nobody -student',
      ]);
      const refused = await run('user remove student');
      assert.deepEqual([refused.code, refused.err.trim()], [1, 'They have reservations.']);
    } finally {
      await server.stop();
    }
  });
});
