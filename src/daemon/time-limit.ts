import { over } from '../lib/abortable.ts';
import { lived, pass, timeNow } from '../lib/clock.ts';

/** How long a run of a task may take: it is cut at its end, unless it was given more before. */
export interface TimeLimit {
  /** Epoch milliseconds. */
  deadline(): number;
  allow(seconds: number): void;
  /** The run is over: nothing is cut any more. */
  end(): void;
}

/** Where the clock goes faster the computer does not: the work itself gets so much more, in milliseconds of the computer's. */
const ownWork = 120_000;

/** `cut` is called with all seconds that it had. */
export function timeLimit(seconds: number, cut: (seconds: number) => void): TimeLimit {
  let allowed = seconds;
  let deadline = timeNow() + seconds * 1000;
  let timer = begin();
  return {
    deadline: () => deadline,
    allow(more) {
      timer.abort(over);
      allowed += more;
      deadline += more * 1000;
      timer = begin();
    },
    end: () => timer.abort(over),
  };

  function begin(): AbortController {
    const ended = new AbortController();
    void pass(deadline - timeNow() + lived(ownWork) - ownWork, ended.signal).then(
      () => cut(allowed),
      () => undefined,
    );
    return ended;
  }
}
