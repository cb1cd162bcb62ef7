import { z } from 'zod';
import { isIP } from '../../../src/lib/is-ip.ts';

const port = z.number().int().min(1024).max(65_535);

const settings = z.object({
  network: z
    .enum(['user', 'bridge'])
    .default('user')
    .describe(
      'What machines are connected to. "user": nothing but us, each by a network of its own. "bridge": also to a bridge of this computer, for pools whose machines may reach everything.',
    ),
  bridge: z
    .string()
    .regex(/^[\w.-]{1,15}$/, 'must be the name of a network bridge')
    .default('br0')
    .describe(
      'The bridge that a second card of machines is put into, where network is "bridge". It must exist, and answer DHCP.',
    ),
  userAddress: z
    .enum(['forwarded', 'dhcp', 'static'])
    .default('forwarded')
    .describe(
      'How people reach machines. "forwarded": by a port of this computer. In a bridge also "dhcp": by the address that the machine got there, or "static": by the one that addresses names.',
    ),
  addresses: z
    .string()
    .default('')
    .describe(
      'Where userAddress is "static": the address that the bridge\'s network gives each machine, as name=address, separated by spaces.',
    ),
  bindAddress: z
    .string()
    .default('127.0.0.1')
    .describe('The address of this computer that forwarded ports listen on.'),
  publicAddress: z.string().default('127.0.0.1').describe('The address that people are told to connect to.'),
  portFrom: port.default(22_000).describe('The first port that may be forwarded to a machine.'),
  portTo: port.default(22_999).describe('The last port that may be forwarded to a machine.'),
  accelerator: z
    .enum(['auto', 'kvm', 'tcg'])
    .default('auto')
    .describe(
      'How processors are made. "auto": by KVM where a guest really starts with it, else by emulation (tcg).',
    ),
  cpu: z
    .string()
    .regex(/^[\w.,+=-]{0,200}$/, "must be a model of QEMU's")
    .default('')
    .describe(
      "The processor model that machines see. Empty: the computer's own under KVM, one of 2008 with rdrand under emulation.",
    ),
  runAs: z
    .number()
    .int()
    .min(1000)
    .max(2_000_000_000)
    .default(60_600)
    .describe(
      'Under root, each machine runs as a numeric user of its own: the first of 500 that nobody else may have.',
    ),
  firmware: z
    .string()
    .default('')
    .describe('The file of the firmware that machines start with. Empty: SeaBIOS, as QEMU brings it.'),
  bootSeconds: z
    .number()
    .min(1)
    .max(3600)
    .default(180)
    .describe(
      'A machine that does not answer over SSH so many seconds after it was started is broken; four times as many where processors are emulated.',
    ),
});

export const qemuSettings = settings.superRefine((value, issues) => {
  const complain = (path: string, message: string) =>
    issues.addIssue({ code: 'custom', path: [path], message });
  if (value.userAddress !== 'forwarded' && value.network !== 'bridge')
    complain(
      'userAddress',
      `"${value.userAddress}" needs the network "bridge": elsewhere machines have no address of their own`,
    );
  for (const [name, address] of staticAddresses(value)) {
    if (isIP(address) === 0)
      complain('addresses', `${name}=${address} must be a machine's name and its address`);
  }
});

/** The addresses that `addresses` names, by the machine's name. */
export function staticAddresses({ addresses }: { readonly addresses: string }): Map<string, string> {
  const pairs = addresses.split(/\s+/).filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const [name = '', address = ''] = pair.split('=');
      return [name, address];
    }),
  );
}
export type QemuSettings = z.output<typeof qemuSettings>;
