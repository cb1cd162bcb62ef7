/** 4 or 6 for an address of that family, 0 for what is no address. */
export { isIP } from 'node:net';
