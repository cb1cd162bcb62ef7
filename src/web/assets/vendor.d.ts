// Packages as the browser finds them: under vendor/ beside our own modules (src/web/assets.ts).
declare module '*/vendor/xterm.mjs' {
  export * from '@xterm/xterm';
}
declare module '*/vendor/addon-fit.mjs' {
  export * from '@xterm/addon-fit';
}
declare module '*/vendor/addon-webgl.mjs' {
  export * from '@xterm/addon-webgl';
}
