/** Thrown inside a task whose lease another holder has: it writes nothing more. */
export class LostLease extends Error {}
