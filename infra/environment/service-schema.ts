import {Type} from 'typebox';

/** The service's own YAML. */
export const serviceSchema = Type.Object(
  {},
  {
    additionalProperties: true,
    description: 'The configuration of the service itself: policies, clients, providers, channels',
  },
);
