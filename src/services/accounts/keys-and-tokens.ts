import { sshKeysOf, tokensOf } from '../../../db/queries/people.ts';
import {
  addSshKey,
  addToken,
  guardUser,
  publicKeys,
  removeSshKey,
  removeToken,
  tokenCount,
} from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { openAgain, reopening } from '../../../db/repositories/reservations.ts';
import { inTransaction, reading, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may, type Person } from '../../domain/may.ts';
import { randomToken, sha256 } from '../../lib/secrets.ts';
import type { ServiceDeps } from '../deps.ts';
import { wakeWatch } from '../reservations/change.ts';
import { onChange } from '../reservations/watch.ts';
import type { Services } from '../services.ts';
import { parsePublicKey } from './public-keys.ts';

const mostSshKeys = 20;
const mostTokens = 50;
const mostLabelLetters = 120;
/** How long the removal of a key waits for the machines that have it, in milliseconds. */
const patience = 5_000;

type Parts = Pick<
  Services,
  | 'listSshKeys'
  | 'keysOnTheirWay'
  | 'addSshKey'
  | 'removeSshKey'
  | 'listTokens'
  | 'createToken'
  | 'revokeToken'
>;

/** A person's own SSH keys and tokens. */
export function keyServices(deps: ServiceDeps): Parts {
  const { db } = deps;
  return {
    async listSshKeys(me) {
      const rows = await sshKeysOf(db, me.id);
      return rows.map((row) => ({
        id: row.id,
        label: row.label,
        fingerprint: fingerprintOf(row.public_key),
      }));
    },

    keysOnTheirWay: (me) => reading(db, (reader) => reopening(reader, me.id)),

    async addSshKey(me, label, publicKey) {
      checkOwn(me);
      const key = parsePublicKey(publicKey);
      if (typeof key === 'string') throw invalid('publicKey', key);
      const called = checkLabel(label.trim() || key.comment || key.fingerprint.slice(0, 20));
      await inTransaction(db, async (tx) => {
        await renewMachines(tx, me);
        await guardUser(tx, me.id);
        const theirs = await publicKeys(tx, me.id);
        if (theirs.includes(key.text)) throw invalid('publicKey', 'You have added this key already.');
        if (theirs.length >= mostSshKeys) throw invalid('publicKey', `At most ${mostSshKeys} keys.`);
        await addSshKey(tx, me.id, called, key.text);
        await addEvent(tx, {
          kind: 'account.key-added',
          actorId: me.id,
          data: { fingerprint: key.fingerprint },
        });
      });
    },

    async removeSshKey(me, id) {
      checkOwn(me);
      await inTransaction(db, async (tx) => {
        await renewMachines(tx, me);
        if (!(await removeSshKey(tx, me.id, id))) throw new LabError('not-found');
        await addEvent(tx, { kind: 'account.key-removed', actorId: me.id, data: { keyId: id } });
      });
      const arrived = () =>
        reading(db, async (reader) => (await reopening(reader, me.id)).length === 0 || null);
      return (await onChange(db, patience, arrived)) !== null;
    },

    async listTokens(me) {
      const rows = await tokensOf(db, me.id);
      return rows.map((row) => ({ id: row.id, label: row.label, createdAt: Number(row.created_at) }));
    },

    async createToken(me, label) {
      checkOwn(me);
      const called = checkLabel(label.trim());
      const token = `lab_${randomToken()}`;
      await inTransaction(db, async (tx) => {
        await guardUser(tx, me.id);
        if ((await tokenCount(tx, me.id)) >= mostTokens)
          throw invalid('label', `At most ${mostTokens} tokens: revoke one first.`);
        const tokenId = await addToken(tx, me.id, called, sha256(token));
        await addEvent(tx, { kind: 'account.token-created', actorId: me.id, data: { tokenId } });
      });
      return token;
    },

    async revokeToken(me, id) {
      checkOwn(me);
      await inTransaction(db, async (tx) => {
        if (!(await removeToken(tx, me.id, id))) throw new LabError('not-found');
        await addEvent(tx, { kind: 'account.token-revoked', actorId: me.id, data: { tokenId: id } });
      });
    },
  };
}

/** Their machines get the keys as they are now, and lose those that were removed. */
async function renewMachines(tx: Tx, me: Person): Promise<void> {
  for (const id of await openAgain(tx, me.id)) await wakeWatch(tx, id);
}

function checkOwn(me: Person): void {
  if (!may(me, 'own-account')) throw new LabError('not-allowed');
}

function checkLabel(label: string): string {
  const plain = label.replace(/\p{C}+/gu, ' ').trim();
  if (plain === '') throw invalid('label', 'Say in a word or two what it is for.');
  if (plain.length > mostLabelLetters) throw invalid('label', `At most ${mostLabelLetters} characters.`);
  return plain;
}

function fingerprintOf(publicKey: string): string {
  const key = parsePublicKey(publicKey);
  return typeof key === 'string' ? '' : key.fingerprint;
}
