/** Migrates a database and is killed after so many statements. */
import { connectDatabase, migrate } from '../../db/connect.ts';

const [url = '', statements] = process.argv.slice(2);
const db = connectDatabase(url);
let answered = 0;
db.knex.on('query-response', () => {
  if (++answered === Number(statements)) process.kill(process.pid, 'SIGKILL');
});
await migrate(db);
await db.close();
