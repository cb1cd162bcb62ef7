import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, isLoopback, loadConfig } from '../../src/lib/config.ts';

describe('loadConfig', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'labrador-config-'));
  });
  afterEach(() => rmSync(data, { recursive: true }));
  const load = (env: Record<string, string>) => loadConfig({ LABRADOR_DATA: data, ...env });
  const file = (content: string) => writeFileSync(join(data, 'labrador.json'), content);

  it('needs nothing: every setting has a default', () => {
    const config = loadConfig({});
    assert.match(config.data, /\/data$/);
    assert.equal(config.databaseUrl, `sqlite:${config.data}/labrador.sqlite`);
    const { host, port, publicUrl, mail, warnings } = config;
    assert.deepEqual(
      { host, port, publicUrl, mail, warnings },
      { host: '127.0.0.1', port: 3000, publicUrl: null, mail: null, warnings: [] },
    );
    assert.equal(config.times.acknowledgeSeconds, 900);
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.times));
  });

  it('takes the environment before the file, and the file before the default', () => {
    file('{ "port": 4000, "siteName": "Computer Science" }');
    const config = load({ LABRADOR_PORT: '5000' });
    assert.equal(config.port, 5000);
    assert.equal(config.siteName, 'Computer Science');
  });

  it('takes an empty variable for one that is not set', () => {
    assert.equal(load({ LABRADOR_PORT: '' }).port, 3000);
  });

  const wrong: [string, string, RegExp][] = [
    ['LABRADOR_PORT', 'ten', /^LABRADOR_PORT is "ten": expected a whole number from 0 to 65535$/],
    ['LABRADOR_PORT', '65536', /^LABRADOR_PORT is "65536": expected/],
    ['LABRADOR_PORT', '-1', /expected a whole number/],
    ['LABRADOR_PORT', '3000.5', /expected a whole number/],
    ['LABRADOR_PORT', '0x10', /expected a whole number/],
    ['LABRADOR_HOST', 'all of them', /^LABRADOR_HOST is "all of them": expected a name or address/],
    [
      'LABRADOR_PUBLIC_URL',
      'lab.example.org',
      /^LABRADOR_PUBLIC_URL is "lab.example.org": expected the address/,
    ],
    ['LABRADOR_PUBLIC_URL', 'ftp://lab.example.org', /^LABRADOR_PUBLIC_URL is/],
    ['LABRADOR_DATABASE_URL', 'postgres://me:hidden@there/db', /^LABRADOR_DATABASE_URL: expected mysql:/],
    ['LABRADOR_SMTP_URL', 'mail.example.org', /^LABRADOR_SMTP_URL: expected smtp:/],
    ['LABRADOR_SMTP_URL', 'smtp://mail.example.org', /^LABRADOR_MAIL_FROM is missing: expected|is missing/],
    ['LABRADOR_MAIL_FROM', 'lab', /^LABRADOR_MAIL_FROM is "lab": expected/],
    ['LABRADOR_LOG_LEVEL', 'loud', /^LABRADOR_LOG_LEVEL is "loud": expected debug, info, warn or error$/],
    ['LABRADOR_SITE_NAME', 'x'.repeat(61), /^LABRADOR_SITE_NAME is/],
    ['LABRADOR_UPSTREAM_PROXY', 'socks://there', /^LABRADOR_UPSTREAM_PROXY is/],
    ['LABRADOR_ACKNOWLEDGE_SECONDS', '1', /expected a whole number from 30 to 86400$/],
    ['LABRADOR_DATABASE_URL_FILE', '/nowhere', /^LABRADOR_DATABASE_URL_FILE is "\/nowhere": expected a file/],
    ['LABRADOR_CONFIG', '/nowhere', /^\/nowhere: expected a file with a JSON object/],
  ];
  for (const [name, value, expected] of wrong) {
    it(`refuses ${name}=${value.slice(0, 20)}`, () => {
      assert.throws(
        () => load({ [name]: value }),
        (error: ConfigError) => {
          assert.equal(error.problems.length, 1);
          assert.match(error.problems[0] ?? '', expected);
          assert.doesNotMatch(error.message, /hidden/);
          return true;
        },
      );
    });
  }

  it('names every wrong setting at once', () => {
    file('{ "host": 7, "prot": 3000 }');
    const names = () => load({ LABRADOR_PORT: 'x', LABRADOR_GRACE_SECONDS: 'y' });
    assert.throws(names, (error: ConfigError) => {
      assert.match(error.message, /^4 settings are wrong:\n/);
      for (const words of [
        /LABRADOR_PORT/,
        /LABRADOR_GRACE_SECONDS/,
        /host in .*json is 7/,
        /prot in .*no such/,
      ]) {
        assert.match(error.message, words);
      }
      return true;
    });
  });

  for (const content of ['{', '[]', 'null', '"port"']) {
    it(`refuses a file that holds ${content}`, () => {
      file(content);
      assert.throws(() => load({}), ConfigError);
    });
  }

  it('reads a secret from the file that is named', () => {
    writeFileSync(join(data, 'secret'), 'mysql://lab:s3cret@db/lab\n');
    const config = load({ LABRADOR_DATABASE_URL_FILE: join(data, 'secret') });
    assert.equal(config.databaseUrl, 'mysql://lab:s3cret@db/lab');
  });

  it('does not guess which of two secrets is meant', () => {
    const both = { LABRADOR_DATABASE_URL: 'mysql://a@b/c', LABRADOR_DATABASE_URL_FILE: join(data, 'secret') };
    assert.throws(() => load(both), /both set/);
  });

  it('warns of variables that mean nothing', () => {
    assert.deepEqual(load({ LABRADOR_PROT: '1', LABRADOR_TOKEN: 'lab_x' }).warnings, [
      'LABRADOR_PROT is set, but there is no such setting',
    ]);
  });
});

describe('isLoopback', () => {
  for (const [host, expected] of [
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.4', false],
    ['127.example.org', false],
  ] as const) {
    it(`${host}: ${expected}`, () => assert.equal(isLoopback(host), expected));
  }
});
