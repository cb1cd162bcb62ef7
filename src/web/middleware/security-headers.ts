import type { RequestHandler } from 'express';
import helmet from 'helmet';

const policy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

/**
 * Nothing comes from elsewhere and nothing is written into a page. `same-origin` as referrer policy, since with
 * `no-referrer` browsers send `Origin: null` with our own forms.
 */
export function securityHeaders(https: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: policy },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https,
    xFrameOptions: { action: 'deny' },
  });
}

/**
 * For a browser without WebGL on the terminal page alone: xterm's other renderer writes its styles into the page.
 * Scripts stay as strict as everywhere.
 */
export function withInlineStyles(header: string): string {
  return header.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");
}
