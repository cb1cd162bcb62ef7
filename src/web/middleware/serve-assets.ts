import type { RequestHandler } from 'express';
import type { Assets, Encoding } from '../assets.ts';

/** `/assets/<hash>/<name>`, kept by browsers for ever. Another hash is an older or newer release: not here. */
export function serveAssets(assets: Assets): RequestHandler {
  return async (req, res, next) => {
    if (!req.path.startsWith('/assets/')) return next();
    const name = req.path.startsWith(`${assets.root}/`) ? req.path.slice(assets.root.length + 1) : '';
    const asset = assets.find(name);
    if (asset === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) return next();
    res.set({ 'cache-control': 'public, max-age=31536000, immutable', 'content-type': asset.type });
    res.vary('accept-encoding');
    const encoding = req.acceptsEncodings('br', 'gzip') as Encoding | false;
    if (encoding !== 'br' && encoding !== 'gzip') {
      res.send(asset.body);
      return;
    }
    res.set('content-encoding', encoding).send(await assets.packed(name, encoding));
  };
}
