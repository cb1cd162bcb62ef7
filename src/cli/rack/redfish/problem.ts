/** Refusals as Redfish words them. Source: DSP0266 "Error responses", DSP8011 registry Base 1.18. */

const statuses = {
  ActionParameterMissing: 400,
  ActionParameterValueNotInList: 400,
  MalformedJSON: 400,
  PropertyNotWritable: 400,
  PropertyValueNotInList: 400,
  NoValidSession: 401,
  ResourceAtUriUnauthorized: 401,
  ResourceMissingAtURI: 404,
  OperationNotAllowed: 405,
  PreconditionFailed: 412,
  PreconditionRequired: 428,
  InternalError: 500,
  SessionLimitExceeded: 503,
} as const;
export type MessageKey = keyof typeof statuses;

/** Thrown by whatever refuses; the service answers with it. */
export class RedfishProblem extends Error {
  readonly key: MessageKey;
  constructor(key: MessageKey, message: string) {
    super(message);
    this.name = 'RedfishProblem';
    this.key = key;
  }

  get status(): number {
    return statuses[this.key];
  }

  body(): object {
    const MessageId = `Base.1.18.${this.key}`;
    const info = { '@odata.type': '#Message.v1_2_1.Message', MessageId, Message: this.message };
    return { error: { code: MessageId, message: this.message, '@Message.ExtendedInfo': [info] } };
  }
}
