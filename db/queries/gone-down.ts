/**
 * Of a reservation `r` and its node `n`: it went down or was switched off, and does not start again. The newest work on its power
 * could not do it, of which its history tells (event `down`).
 */
export const isDown = `(n.power IN ('crashed', 'off') AND EXISTS (SELECT 1 FROM tasks t JOIN events e ON e.task_id = t.id AND e.reservation_id = r.id AND e.kind = 'down'
  WHERE t.status <> 'done' AND t.id = (SELECT MAX(s.id) FROM tasks s WHERE s.node_id = n.id AND s.action = 'power')))`;

/** Of a reservation `r`: the machine that it has is so. */
export const hasGoneDown = `EXISTS (SELECT 1 FROM allocations a JOIN nodes n ON n.id = a.node_id
  WHERE a.reservation_id = r.id AND a.released_at IS NULL AND a.state IN ('ready', 'inuse') AND ${isDown})`;
