import assert from 'node:assert/strict';
import { reading } from '../../db/transaction.ts';
import { LabError } from '../../src/domain/errors.ts';
import { minute } from '../../src/domain/time.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { type ClassOfLab, makeClass, seatStates } from './class-lab.ts';
import { eachEngine } from './database.ts';
import { type Door, doorsOf } from './doors.ts';
import { checkBooks, type Lab, makeLab } from './lab.ts';
import { seeded } from './seeded.ts';

const rounds = 12;
const atOnce = 5;

/** What may be answered to who was slower than others, on a computer that does much else too; never that seats are not held that are. */
const slower = new Set([
  ...['block.full', 'block.closed', 'reservation.state-changed', 'reservation.extend-limit'],
  ...['reservation.extend-blocked', 'busy'],
]);
const isSlower = ({ code, message }: LabError) => slower.has(code) || /let it go on first/.test(message);

/** Students and two who teach press buttons at once. There are machines enough: what can be told can be kept. */
export function classAtOnce(sites?: Parameters<typeof eachEngine>[1]): void {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let lesson: ClassOfLab;
    let doors: Door[];
    /** Until when those may stay who stay on by themselves, by reservation. */
    const promised = new Map<number, number>();
    beforeEach(async () => {
      promised.clear();
      lab = await makeLab(await open(), { nodes: 14 });
      await lab.startDaemon();
      lesson = await makeClass(lab, { seats: 5, students: 7 });
      await lab.until(async () => (await seatStates(lab, lesson.dateId)) === 'ready ready ready ready ready');
      doors = await doorsOf(lab, open, 3);
      // it has begun
      for (const { db } of doors) db.clockOffset += 6 * minute;
      lab.db.signals.emit('committed');
    });
    afterEach(() => lab.close());

    /** What is done by chance, each as often as its name is there. */
    function acts(random: () => number): readonly (() => Promise<unknown>)[] {
      const { students, admin, teacher, block, dateId } = lesson;
      const some = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
      const door = () => some(doors).services;
      const here = [block.id, dateId] as const;
      const withOwn = async (work: (me: SignedIn, id: number) => Promise<unknown>) => {
        const me = some(students);
        const { reservations } = await lab.services.ownMachines(me);
        const own = reservations.find(({ state }) => state === 'new' || state === 'reserved');
        if (own) await work(me, own.id);
      };
      const claim = () => door().claim(some(students), dateId);
      const start = () => door().startFor(teacher, ...here, some(students).name);
      const extra = () => {
        const wish = { person: some(students).name, minutes: some([0, 10, 20, 40]) };
        return door().giveExtra(some([teacher, admin]), ...here, wish);
      };
      const longer = () => door().extendClass(some([teacher, admin]), ...here, some([5, 15]));
      const end = () => door().endClass(teacher, ...here);
      const goOn = () => door().goOnWithClass(some([teacher, admin]), ...here);
      const stayOn = () =>
        withOwn(async (me, id) => {
          promised.set(id, (await door().extend(me, id, some([15, 30]))).end);
        });
      const leave = () => withOwn((me, id) => door().endReservation(me, id));
      const book = async () => {
        const { id } = await door().reserve(admin, { image: 'simulated', minutes: some([30, 120]) });
        await lab.services.endReservation(admin, id);
      };
      const often = [claim, claim, extra, extra];
      const now = [start, longer, goOn, stayOn, leave, book];
      return [...often, ...often, ...now, ...now, end];
    }

    for (const seed of [1, 3, 4])
      it(`lasts for each as long as they were told (${seed})`, async () => {
        const random = seeded(seed);
        const bag = acts(random);
        for (let round = 0; round < rounds; round++) {
          const chosen = Array.from({ length: atOnce }, () => bag[Math.floor(random() * bag.length)]);
          await Promise.all(
            chosen.map((act) =>
              act?.().catch((error: unknown) => {
                assert.ok(error instanceof LabError && isSlower(error), String(error));
              }),
            ),
          );
          await lab.until(isQuiet);
          await checkEnds();
        }
        await checkBooks(lab.db);
      });

    const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));

    async function isQuiet(): Promise<boolean> {
      const busy =
        "SELECT id FROM allocations WHERE released_at IS NULL AND state IN ('loading', 'ending') LIMIT 1";
      return (await rows(busy)).length === 0;
    }

    /** Minutes after the end of the class. */
    async function checkEnds() {
      const late = (end: string) => `(${end} - (SELECT MAX(end_at) FROM block_dates)) / ${minute}.0`;
      const extra = 'SELECT x.minutes FROM seat_extras x WHERE x.user_id = r.user_id';
      const had = await rows<{ id: number; of_class: number; until: number; held: number; told: number }>(
        `SELECT r.id, r.block_date_id IS NOT NULL AS of_class, ${late('r.end_at')} AS until, ${late('a.end_at')} AS held,
             COALESCE((${extra}), 0) AS told FROM reservations r JOIN allocations a ON a.reservation_id = r.id AND a.released_at IS NULL WHERE r.live = 1`,
      );
      const [date] = await rows<{ end_at: number }>('SELECT MAX(end_at) AS end_at FROM block_dates');
      const stays = (id: number) => ((promised.get(id) ?? 0) - Number(date?.end_at)) / minute;
      for (const { id, of_class: ofClass, until, held, told } of had) {
        const wanted = Math.round(Number(ofClass) ? Number(told) : stays(id));
        assert.deepEqual(
          [Number(until), Number(held)].map(Math.round),
          [wanted, wanted],
          `reservation ${id}`,
        );
      }
      // those that nobody has: for who is to come and was given more
      const free = await rows<{ held: number }>(
        `SELECT ${late('end_at')} AS held FROM allocations WHERE block_date_id IS NOT NULL AND reservation_id IS NULL AND released_at IS NULL`,
      );
      const toCome = await rows<{ minutes: number }>(
        'SELECT minutes FROM seat_extras WHERE user_id NOT IN (SELECT user_id FROM reservations WHERE block_date_id IS NOT NULL) ORDER BY minutes DESC',
      );
      const longer = free.map(({ held }) => Math.round(Number(held))).filter((minutes) => minutes > 0);
      const wanted = toCome.map(({ minutes }) => minutes).slice(0, free.length);
      assert.deepEqual(
        longer.toSorted((a, b) => b - a),
        wanted,
        'seats that nobody has',
      );
    }
  }, sites);
}
