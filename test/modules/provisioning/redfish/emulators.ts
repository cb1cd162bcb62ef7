/** Emulators, as peers saw them from outside, and what is worse than any vendor. */

import { bootIn, isPatch, isReset, machine, root } from './plain-machine.ts';
import { merged, refusal, type Said, sessionsPath, type Told, type Vendor } from './vendor-service.ts';

/** The emulator sushy-tools: what it was told shows a look later, and *once* reads back as lasting. */
export function sushyTools(): Vendor {
  const system = '/redfish/v1/Systems/27946b59';
  let shown = 'Off';
  return {
    resources: machine(system),
    answer(told, resources) {
      const now = resources[system];
      if (isPatch(told) && now) {
        resources[system] = merged(now, {
          Boot: { ...bootIn(told), BootSourceOverrideEnabled: 'Continuous' },
        });
        return { status: 204 };
      }
      if (told.method !== 'GET' || told.path !== system || !told.headers['x-auth-token']) return undefined;
      const late = { ...now, PowerState: shown };
      shown = String(now?.PowerState);
      return { status: 200, body: late };
    },
  };
}

/** DMTF's Redfish-Mockup-Server: says yes to everything, keeps what it is sent, and switches nothing. */
export function mockupServer(): Vendor {
  return {
    resources: machine('/redfish/v1/Systems/437XR1138R2'),
    answer: (told) => (isReset(told) ? { status: 204 } : undefined),
  };
}

/** Says yes and keeps nothing. */
export function forgetful(): Vendor {
  return {
    resources: machine('/redfish/v1/Systems/1'),
    answer: (told) => (isPatch(told) ? { status: 200, body: {} } : undefined),
  };
}

/** No BMC at all. */
export function printer(): Vendor {
  const answer = ({ path }: Told): Said =>
    path === '/login'
      ? { status: 200, body: '<html>Toner low</html>' }
      : { status: 302, headers: { location: '/login' } };
  return { resources: {}, answer };
}

/** Of before sessions, or with none left: name and password come with each request. */
export function sessionless(links: object): Vendor {
  return {
    resources: { ...machine('/redfish/v1/Systems/1'), '/redfish/v1/': root({ Links: links }) },
    answer({ path, headers }, resources) {
      if (path === sessionsPath)
        return refusal(503, 'IDRAC.2.4.RAC0218', 'The maximum number of user sessions is reached.');
      const known = path === '/redfish/v1/' || headers.authorization?.startsWith('Basic ');
      return known ? { status: 200, body: resources[path] } : refusal(401, 'Base.1.0.AccessDenied');
    },
  };
}
