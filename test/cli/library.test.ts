import assert from 'node:assert/strict';
import { startServer } from '../../src/web/server.ts';
import { labrador } from '../helpers/labrador.ts';
import * as sample from '../helpers/sample-views.ts';
import { testApp } from '../helpers/web-app.ts';

describe('labrador image, over REST', function () {
  this.timeout(180_000);

  it('does what the pages of images do', async () => {
    const { app, lab } = testApp();
    lab.put(sample.reservation({ user: { id: 2, name: 'imageadmin' } }));
    const server = await startServer({ app, host: '127.0.0.1', port: 0 });
    const LABRADOR_URL = `http://127.0.0.1:${server.port}`;
    const run = (args: string, LABRADOR_TOKEN = 'image-admin-session-secret') =>
      labrador({ LABRADOR_URL, LABRADOR_TOKEN }).run(['image', ...args.split(' ')]);
    try {
      const said: Readonly<Record<string, RegExp>> = {
        list: /physics-lab {2}v1 of 1 {2}2400 MB {2}owner/,
        'show tiny': /memoryMb: 192/,
        'revisions tiny': /v2 {2}ready .* With gdb/,
        'capture 7 --title Physics --go-on': /revision 1/,
        'production tiny 2': /Revision 2/,
        'members tiny db=data worker=tiny:3': /^tiny /,
        'publish tiny --to groups --groups students': /students/,
        'delete tiny --revision 1': /Revision 1 of tiny was deleted/,
        'delete tiny': /tiny was deleted/,
        'restore tiny': /tiny was restored/,
      };
      for (const [args, wanted] of Object.entries(said)) {
        const { code, out, err } = await run(args);
        assert.equal(code, 0, err);
        assert.match(out, wanted);
      }
      assert.deepEqual(lab.asked, [
        'capture 7 {"title":"Physics","goOn":true}',
        'production tiny 2',
        'edit tiny {"members":[{"role":"db","image":"data","machines":1},{"role":"worker","image":"tiny","machines":3}]}',
        'publish tiny {"visibility":"groups","groups":["students"]}',
        'remove-revision tiny 1',
        'remove tiny undefined',
        'restore tiny {}',
      ]);
      const refused = await run('list', 'student-session-secret');
      assert.deepEqual([refused.code, refused.err.trim()], [1, 'Your account may not do this.']);
    } finally {
      await server.stop();
    }
  });
});
