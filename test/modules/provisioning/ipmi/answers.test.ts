import assert from 'node:assert/strict';
import {
  faultIn,
  type Question,
  readBytes,
  readLines,
  type Said,
} from '../../../../modules/provisioning/ipmi/answers.ts';
import { bootFlags, readBootFlags } from '../../../../modules/provisioning/ipmi/boot-flags.ts';
import { readInfo, readSensors, readUsers } from '../../../../modules/provisioning/ipmi/lists.ts';
import { BmcError, type BmcFault } from '../../../../modules/provisioning/shared/bmc/bmc-error.ts';

const question: Question = { address: '10.0.0.7', username: 'admin', what: 'to switch the machine on' };

function said(parts: Partial<Said>): Said {
  return { stdout: '', stderr: '', hung: false, whole: true, ...parts };
}

const request = 'RAW REQ (channel=0x0 netfn=0x0 lun=0x0 cmd=0x2 data_len=1)\nRAW REQUEST (1 bytes)\n 01 \n';
const refused = (code: string, words: string) =>
  `${request}Unable to send RAW command (channel=0x0 netfn=0x0 lun=0x0 cmd=0x2 rsp=0x${code}): ${words}\n`;
const noSession = 'Error: Unable to establish IPMI v2 / RMCP+ session\n';

/** What ipmitool 1.8.19 really said: of ipmi_sim, of its source where no BMC at hand says so. Its exit status is left out on purpose. */
const transcripts: readonly (readonly [what: string, Partial<Said>, BmcFault, RegExp])[] = [
  [
    'a function that it has not',
    { stderr: refused('c1', 'Invalid command') },
    'unsupported',
    /refused to switch the machine on: Invalid command \(0xc1\)/,
  ],
  [
    'a boot device that it refuses, with exit status 0',
    { stderr: refused('cc', 'Invalid data field in request'), whole: true },
    'unsupported',
    /Invalid data field/,
  ],
  [
    'a "failed" among good words, with exit status 0',
    {
      stdout: 'Chassis Power Control: Up/On\n',
      stderr: 'Set Chassis Power Control to Up/On failed\n',
      whole: true,
    },
    'nonsense',
    /cannot be understood: Set Chassis Power Control/,
  ],
  ['a BMC that is busy', { stderr: refused('c0', 'Node busy') }, 'busy', /wants patience: Node busy/],
  ['one that starts', { stderr: refused('d2', 'BMC initialization in progress') }, 'busy', /patience/],
  ['a hook that broke', { stderr: refused('ff', 'Unspecified error') }, 'nonsense', /could not: Unspecified/],
  [
    'an account that may not',
    { stderr: refused('d4', 'Insufficient privilege level') },
    'auth',
    /privilege of an administrator/,
  ],
  [
    'a wrong password',
    { stderr: `> RAKP 2 HMAC is invalid\n${noSession}` },
    'auth',
    /refused the name "admin" or its password/,
  ],
  [
    'an unknown name',
    { stderr: `RAKP 2 message indicates an error : unauthorized name\n${noSession}` },
    'auth',
    /refused the name/,
  ],
  [
    'a name without that privilege',
    { stderr: `RAKP 2 message indicates an error : unauthorized role requested\n${noSession}` },
    'auth',
    /is no administrator of it/,
  ],
  [
    'no session left',
    { stderr: `RAKP 2 message indicates an error : insufficient resources for session\n${noSession}` },
    'busy',
    /is busy/,
  ],
  [
    'a suite that it does not speak',
    {
      stderr: `Error in open session response message : invalid authentication algorithm\n\n${noSession}`,
    },
    'unsupported',
    /cipher suites 17 and 3/,
  ],
  ['nobody there', { stderr: noSession, whole: false }, 'unreachable', /No BMC answers IPMI at 10\.0\.0\.7/],
  [
    'a name that nobody has',
    { stderr: 'Address lookup for bmc9 failed\nError: Unable to establish LAN session\n' },
    'unreachable',
    /No computer is called/,
  ],
  ['what hangs and was killed', { hung: true, whole: false }, 'unreachable', /No BMC answers/],
  [
    'silence after the session',
    { stderr: 'Unable to send RAW command (channel=0x0 netfn=0x0 lun=0x0 cmd=0x2)\n' },
    'unreachable',
    /No BMC answers/,
  ],
  ['garbage', { stdout: '\u0001\u0002<html>It works!</html>\n' }, 'nonsense', /understood: <html>It works!/],
  ['nothing at all, with exit status 0', {}, 'nonsense', /understood: nothing/],
];

describe('modules/provisioning/ipmi/answers', () => {
  for (const [what, parts, fault, words] of transcripts) {
    it(`requirement 4: reads ${what} as ${fault}, whatever the exit status`, () => {
      for (const whole of [true, false]) {
        assert.throws(
          () => readBytes(said({ ...parts, whole }), question, 0),
          (error: unknown) => error instanceof BmcError && error.fault === fault && words.test(error.message),
        );
      }
    });
  }

  it('requirement 4: takes an answer that is there though the session could not be closed (exit status 1)', () => {
    const stderr = `${request}Close Session command failed\n`;
    assert.deepEqual(
      readBytes(said({ stdout: ' 01 00 00\n', stderr, whole: false }), question, 3),
      [1, 0, 0],
    );
    assert.deepEqual(readBytes(said({ stdout: '\n' }), question, 0), []);
    const long = ' 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10\n 11\n';
    assert.equal(readBytes(said({ stdout: long }), question, 17).at(-1), 0x11);
  });

  it('requirement 4: refuses an answer that is too short', () => {
    assert.throws(() => readBytes(said({ stdout: ' 01\n' }), question, 3), /cannot be understood: 01/);
  });

  it('takes no half of a list', () => {
    const stdout = '2,admin,true,false,true,ADMINISTRATOR\n';
    assert.deepEqual(readLines(said({ stdout }), question), [stdout.trim()]);
    assert.throws(() => readLines(said({ stdout, stderr: noSession, whole: false }), question), BmcError);
  });

  it('puts no line breaks and no control characters of a BMC into a sentence', () => {
    const { message } = faultIn(said({ stderr: 'evil\u001b[31m\nwords\u0007' }), question);
    assert.match(message, /evil \[31m words$/);
  });

  it('reads who a BMC is, its accounts and its sensors', () => {
    const info = [
      'Device ID                 : 32',
      'Firmware Revision         : 6.10',
      'IPMI Version              : 2.0',
      'Manufacturer Name         : Dell Inc.',
      'Product Name              : PowerEdge R640 (0x100)',
      'Device Available          : yes',
    ];
    assert.deepEqual(readInfo(info), {
      ...{ manufacturer: 'Dell Inc.', product: 'PowerEdge R640', version: '6.10', ipmi: '2.0' },
      updating: false,
    });
    const unknown = readInfo(['Manufacturer Name         : Unknown (0x1291)', 'Device Available : no']);
    assert.deepEqual([unknown.manufacturer, unknown.updating], [null, true]);
    assert.deepEqual(
      readUsers(['1,,true,false,true,NO ACCESS', '2,ad,min,true,false,true,ADMINISTRATOR', 'so,what']),
      [{ id: '2', name: 'ad,min', enabled: true, role: 'ADMINISTRATOR' }],
    );
    assert.deepEqual(
      readSensors(['Temp,32,degrees C,ok', 'Fan 2,,,ns', 'PSU,0x01,,cr', 'CPU,-4.500,Volts,nc']),
      [
        { name: 'Temp', value: 32, unit: 'degrees C', health: 'fine' },
        { name: 'Fan 2', value: null, unit: '', health: 'unknown' },
        { name: 'PSU', value: null, unit: '', health: 'critical' },
        { name: 'CPU', value: -4.5, unit: 'Volts', health: 'warning' },
      ],
    );
  });

  it('writes and reads boot flags as IPMI 2.0 table 28-14 has them', () => {
    const network = { device: 'network', firmware: 'bios', lasts: 'once' } as const;
    assert.deepEqual(bootFlags(network), [0x80, 0x04, 0, 0, 0]);
    assert.deepEqual(bootFlags({ ...network, firmware: 'uefi' }), [0xa0, 0x04, 0, 0, 0]);
    assert.deepEqual(bootFlags({ ...network, lasts: 'always' }), [0xc0, 0x04, 0, 0, 0]);
    assert.deepEqual(bootFlags({ device: 'disk', firmware: 'uefi', lasts: 'always' }), [0xe0, 0x08, 0, 0, 0]);
    for (const device of ['network', 'disk', 'cd', 'setup'] as const)
      for (const firmware of ['bios', 'uefi'] as const)
        for (const lasts of ['once', 'always'] as const)
          assert.deepEqual(readBootFlags([1, 5, ...bootFlags({ device, firmware, lasts })]), {
            ...{ device, firmware, lasts },
          });
    assert.equal(readBootFlags([1, 5, ...bootFlags(null)]), null);
    assert.equal(readBootFlags([1, 5, 0, 0x04]), null, 'not valid: used up');
    assert.equal(readBootFlags([1, 5, 0x80, 0x3c]), 'other');
    assert.deepEqual(readBootFlags([1, 5, 0xa0, 0x24]), { device: 'disk', firmware: 'uefi', lasts: 'once' });
  });
});
