import QRCode from 'qrcode';

/** A QR code as one SVG path: drawn by the page itself, so that it needs neither an image nor a script. */
export interface QrPicture {
  readonly size: number;
  readonly path: string;
}

const quiet = 4;

export function qrPicture(text: string): QrPicture {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const dark: string[] = [];
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (modules.get(y, x)) dark.push(`M${x + quiet} ${y + quiet}h1v1h-1z`);
    }
  }
  return { size: modules.size + 2 * quiet, path: dark.join('') };
}
