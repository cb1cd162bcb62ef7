// Imports run downwards only: what each layer may import of this repository. test/ and bench/ may import anything.
const layers = {
  'src/domain': [],
  'src/lib': ['src/domain'],
  db: ['src/domain', 'src/lib'],
  'src/services': ['src/domain', 'src/lib', 'db'],
  modules: ['src/domain', 'src/lib'],
  'src/web': ['src/domain', 'src/lib', 'src/services'],
  'src/daemon': ['src/domain', 'src/lib', 'src/services', 'db'],
  'src/cli': ['src/domain', 'src/lib', 'src/services', 'src/web', 'src/daemon', 'db', 'modules', 'scripts'],
  scripts: [],
};
const folder = (path) => `^${path}/`;
const downwards = Object.entries(layers).map(([layer, below]) => ({
  name: `layers-of-${layer.replace('src/', '')}`,
  comment: `${layer} may import ${below.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: folder(layer) },
  to: { path: '^(src|db|modules|test|bench|scripts)/', pathNot: [layer, ...below].map(folder) },
}));

// A package (or built-in) that only some folders may import.
const fence = (name, packages, allowed) => ({
  name,
  severity: 'error',
  from: { path: '^(src|db|modules)/', pathNot: allowed },
  to: { path: packages },
});
const npm = (names) => `(^|/)node_modules/(@types/)?(${names})(/|$)`;

module.exports = {
  forbidden: [
    ...downwards,
    fence('sql-only-in-db', npm('knex|better-sqlite3|mysql2'), '^db/'),
    fence('pages-only-in-web', npm('ejs|helmet'), '^src/web/'),
    fence('express-at-the-doors', npm('express'), ['^src/web/', '^src/cli/rack/redfish/']),
    {
      name: 'modules-act-through-lib',
      comment: 'modules reach the outside world through src/lib; provisioning modules may read files',
      severity: 'error',
      from: { path: '^modules/', pathNot: '^modules/provisioning/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?fs(/|$)' },
    },
    {
      name: 'modules-start-nothing-themselves',
      severity: 'error',
      from: { path: '^modules/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?(child_process|net|tls|dgram|http|https|http2)(/|$)' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: npm('zod') },
    },
    {
      name: 'modules-know-no-sister',
      comment: 'a module imports its own folder, shared/ of its kind or of all; only registry.ts sees them together',
      severity: 'error',
      from: { path: '^modules/([^/]+)/([^/]+)', pathNot: '/registry\\.ts$' },
      to: { path: '^modules/', pathNot: ['^modules/$1/$2(/|$)', '^modules/$1/shared/', '^modules/shared/'] },
    },
    {
      name: 'bootstrap-uses-built-ins-alone',
      severity: 'error',
      from: { path: '^scripts/', pathNot: '/(bundle|run-(entry|mocha))\\.mjs$' },
      to: { dependencyTypesNot: ['core', 'local', 'type-only', 'type-import'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/web/assets/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
