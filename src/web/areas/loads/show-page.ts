import { phaseTitles } from '../../../domain/load-phases.ts';
import type { LoadView } from '../../../services/views.ts';
import type { Clock } from '../../clock.ts';
import { took } from '../../load-bar.ts';
import { type LoadLine, loadLine } from './load-line.ts';

export interface LoadPage {
  readonly load: LoadLine;
  readonly model: string;
  readonly task: string;
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

export function loadPage(load: LoadView, clock: Clock): LoadPage {
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
  return { load: line, model: load.model, task: `/tasks/${load.taskId}`, rows: [...rows, ...notYet] };
}
