/**
 * What is read of the resources of a Redfish service. Everything that a service may leave out is left out by some, and
 * several say null instead. Source: DMTF DSP8010 (schemas); recorded answers of iDRAC 9, iLO 5, XCC, Supermicro, AMI, OpenBMC.
 */
import { z } from 'zod';

const link = z.object({ '@odata.id': z.string() });
const text = z.string().nullish();
const texts = z.array(z.string()).optional();

export const serviceRoot = z.object({
  RedfishVersion: z.string(),
  Vendor: text,
  Product: text,
  Systems: link.optional(),
  AccountService: link.optional(),
  Links: z.object({ Sessions: link.optional() }).optional(),
  ProtocolFeaturesSupported: z
    .object({ ExpandQuery: z.object({ NoLinks: z.boolean().optional() }).nullish() })
    .nullish(),
});
export type ServiceRoot = z.output<typeof serviceRoot>;

export const collection = z.object({ Members: z.array(z.looseObject({ '@odata.id': z.string() })) });

/** What the machine starts from, as it stands and as it may be set. */
export const bootSchema = z.object({
  BootSourceOverrideEnabled: text,
  'BootSourceOverrideEnabled@Redfish.AllowableValues': texts,
  BootSourceOverrideTarget: text,
  'BootSourceOverrideTarget@Redfish.AllowableValues': texts,
  BootSourceOverrideMode: text,
  'BootSourceOverrideMode@Redfish.AllowableValues': texts,
});
export type Boot = z.output<typeof bootSchema>;

export const resetAction = z.object({
  target: z.string(),
  'ResetType@Redfish.AllowableValues': texts,
  '@Redfish.ActionInfo': z.string().optional(),
});
export type ResetAction = z.output<typeof resetAction>;

export const actionInfo = z.object({
  Parameters: z.array(z.object({ Name: z.string(), AllowableValues: texts })),
});

/** A lamp by which the machine is found: a switch in new services, a word in old ones. */
const lamp = { IndicatorLED: text, LocationIndicatorActive: z.boolean().nullish() };

const serialDoor = z.object({ ServiceEnabled: z.boolean().nullish(), Port: z.number().nullish() }).nullish();

export const computerSystem = z.object({
  '@odata.id': z.string(),
  ...lamp,
  PowerState: text,
  Manufacturer: text,
  Model: text,
  Boot: bootSchema.nullish(),
  SecureBoot: link.nullish(),
  Actions: z.object({ '#ComputerSystem.Reset': resetAction.optional() }).nullish(),
  '@Redfish.Settings': z.object({ SettingsObject: link.optional() }).nullish(),
  SerialConsole: z.object({ SSH: serialDoor, IPMI: serialDoor }).nullish(),
  Links: z.object({ Chassis: z.array(link).optional(), ManagedBy: z.array(link).optional() }).nullish(),
});
export type ComputerSystem = z.output<typeof computerSystem>;

export const secureBootSchema = z.object({ SecureBootCurrentBoot: text });

export const settingsObject = z.object({ Boot: bootSchema.nullish() });

export const chassis = z.object({
  '@odata.id': z.string(),
  ...lamp,
  Thermal: link.optional(),
  Sensors: link.optional(),
});
export type Chassis = z.output<typeof chassis>;

const status = z.object({ Health: text, State: text }).nullish();
const reading = z.number().nullish();

/** Deprecated since 2020.4 and what most machines have: all in one answer. */
export const thermal = z.object({
  Temperatures: z.array(z.object({ Name: text, ReadingCelsius: reading, Status: status })).nullish(),
  Fans: z
    .array(z.object({ Name: text, FanName: text, Reading: reading, ReadingUnits: text, Status: status }))
    .nullish(),
});

export const sensor = z.object({ Name: text, Reading: reading, ReadingUnits: text, Status: status });
export type Status = z.output<typeof status>;

export const accountService = z.object({ Accounts: link });

export const account = z.object({
  Id: z.string(),
  UserName: text,
  RoleId: text,
  /** iLO 5 knows no disabled ones. */
  Enabled: z.boolean().nullish(),
});

export const manager = z.object({
  Model: text,
  FirmwareVersion: text,
  SerialConsole: z.object({ ServiceEnabled: z.boolean().nullish(), ConnectTypesSupported: texts }).nullish(),
});
export type Manager = z.output<typeof manager>;

export const task = z.object({
  '@odata.id': z.string().optional(),
  TaskState: z.string(),
  Messages: z.array(z.object({ Message: z.string().catch('') })).catch([]),
});
