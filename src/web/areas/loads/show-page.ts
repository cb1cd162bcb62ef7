import { phaseTitles } from '../../../domain/load-phases.ts';
import type { LoadView } from '../../../services/views.ts';
import type { Clock } from '../../clock.ts';
import { took } from '../../load-bar.ts';
import { type LoadLine, loadLine } from './load-line.ts';

export interface LoadPage {
  readonly load: LoadLine;
  readonly model: string;
  readonly task: string;
  /** Something of it was written, so that there is a rate to show. */
  readonly rated: boolean;
  /** What the machine's console said; null where none was kept. */
  readonly console: { readonly text: string; readonly href: string } | null;
  /** Every phase that it or such loads have, in a row each. */
  readonly rows: readonly {
    readonly phase: string;
    readonly title: string;
    readonly took: string;
    readonly usual: string;
    readonly note: string;
    readonly slower: boolean;
  }[];
}

const esc = String.fromCodePoint(27);
/** What moves the cursor or colours. */
const sequences = new RegExp(`${esc}(?:\\[[0-9;?]*[ -/]*[@-~]|[@-_])`, 'g');

/** A console's text as somebody reads it. */
function readable(said: Buffer): string {
  const plain = said.toString('utf8').replaceAll(sequences, '').replaceAll('\r\n', '\n');
  return plain.replaceAll(/[^\P{C}\n\t]/gu, '').trim();
}

export function loadPage(load: LoadView, said: Buffer | null, clock: Clock): LoadPage {
  const line = loadLine(load, clock);
  const missing = load.usual.filter(({ phase }) => !load.phases.some((one) => one.phase === phase));
  const rows = line.bar.phases.map(({ phase, title, took: time, rate, slower }) => {
    const usual = load.usual.find((one) => one.phase === phase);
    return {
      ...{ phase, title, took: time, note: rate ?? '', slower: slower !== null },
      usual: usual ? took(usual.milliseconds) : '',
    };
  });
  const notYet = missing.map(({ phase, milliseconds }) => ({
    ...{ phase, title: phaseTitles[phase], took: '', usual: took(milliseconds), note: '', slower: false },
  }));
  const console = said === null ? null : { text: readable(said), href: `/loads/${load.id}/console.txt` };
  return {
    load: line,
    rated: rows.some(({ note }) => note !== ''),
    console,
    model: load.model,
    task: `/tasks/${load.taskId}`,
    rows: [...rows, ...notYet],
  };
}
