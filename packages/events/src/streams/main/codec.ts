import { MainEvent as Message, MainEvent_Type as Type } from '@permafrost/proto/events';
import type { Codec } from '../codec.ts';
import { messageCodec, UnwritableEventError } from '../message-codec.ts';
import type { MainEvent } from './events.ts';

export const mainCodec: Codec<MainEvent> = messageCodec<MainEvent, Message>({
  kind: 'main',
  message: Message,
  base: Message.create(),
  toMessage: (event) => {
    switch (event.type) {
      case 'MainInitialized':
        return { event: Type.EV_FSO_MAIN_INITIALIZED, fsoMainName: event.name };
      case 'RegistryAccepted':
        return { event: Type.EV_FSO_REGISTRY_ACCEPTED, fsoRegistryName: event.name };
      case 'RegistryConfirmed':
        return { event: Type.EV_FSO_REGISTRY_CONFIRMED, fsoRegistryName: event.name };
      case 'Unmodelled':
        throw new UnwritableEventError(event.code);
    }
  },
  fromMessage: (message) => {
    switch (message.event) {
      case Type.EV_FSO_MAIN_INITIALIZED:
        return { type: 'MainInitialized', name: message.fsoMainName };
      case Type.EV_FSO_REGISTRY_ACCEPTED:
        return { type: 'RegistryAccepted', name: message.fsoRegistryName };
      case Type.EV_FSO_REGISTRY_CONFIRMED:
        return { type: 'RegistryConfirmed', name: message.fsoRegistryName };
      default:
        return { type: 'Unmodelled', code: message.event };
    }
  },
});
