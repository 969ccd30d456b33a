import { registryCodec, USUAL_STATE_BYTES, type Aggregate } from '@permafrost/events';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import {
  initialRegistry,
  type Registry,
  type RegistryCommand,
  type RegistryEvent,
  type RegistryRefusal,
} from './registry.ts';
import { registryStateCodec } from './state-codec.ts';

export const registry: Aggregate<Registry, RegistryCommand, RegistryEvent, RegistryRefusal> = {
  codec: registryCodec,
  initial: initialRegistry,
  decide,
  evolve,
  stateCodec: registryStateCodec,
  bytesOf: ({ repos }) => USUAL_STATE_BYTES * (1 + repos.size),
};
