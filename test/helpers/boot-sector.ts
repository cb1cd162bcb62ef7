/** What a firmware starts, and what then says `disk` on the serial port and halts: at the place of a boot sector's code. */
export function sayingDisk(sector: Buffer): Buffer {
  // mov dx,0x3f8; for each letter mov al,x; out dx,al; then hlt for ever.
  const code = Buffer.from([
    ...[0xba, 0xf8, 0x03],
    ...[...'disk\n'].flatMap((letter) => [0xb0, letter.charCodeAt(0), 0xee]),
    ...[0xf4, 0xeb, 0xfd],
  ]);
  code.copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
