/** How long a run of a task may take: it is cut at its end, unless it was given more before. */
export interface TimeLimit {
  /** Epoch milliseconds. */
  deadline(): number;
  allow(seconds: number): void;
  /** The run is over: nothing is cut any more. */
  end(): void;
}

/** `cut` is called with all seconds that it had. */
export function timeLimit(seconds: number, cut: (seconds: number) => void): TimeLimit {
  let allowed = seconds;
  let deadline = Date.now() + seconds * 1000;
  let timer = setTimeout(() => cut(allowed), seconds * 1000);
  return {
    deadline: () => deadline,
    allow(more) {
      clearTimeout(timer);
      allowed += more;
      deadline += more * 1000;
      timer = setTimeout(() => cut(allowed), deadline - Date.now());
    },
    end: () => clearTimeout(timer),
  };
}
