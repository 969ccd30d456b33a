// The main aggregate: the list of registries. A registry is accepted first and confirmed once its
// own history has begun.
import {
  accept,
  mainCodec,
  refuse,
  unreachable,
  type Aggregate,
  type Decision,
  type MainEvent,
} from '@permafrost/events';

export type MainCommand = Readonly<
  | { type: 'InitMain'; name: string }
  | { type: 'AcceptRegistry'; name: string }
  | { type: 'ConfirmRegistry'; name: string }
>;

export type MainRefusal = 'MAIN_NOT_INITIALIZED' | 'MAIN_HAS_OTHER_NAME' | 'REGISTRY_UNKNOWN';

export type RegistryListing = Readonly<{ name: string; confirmed: boolean }>;

/** `name` is empty before the first event. Registries are in the order of their acceptance. */
export type Main = Readonly<{ name: string; registries: readonly RegistryListing[] }>;

export const initialMain: Main = { name: '', registries: [] };

export function decide(state: Main, command: MainCommand): Decision<MainEvent, MainRefusal> {
  if (command.type === 'InitMain') {
    if (state.name === '') return accept({ type: 'MainInitialized', name: command.name });
    return state.name === command.name ? accept() : refuse('MAIN_HAS_OTHER_NAME');
  }
  if (state.name === '') return refuse('MAIN_NOT_INITIALIZED');
  const known = state.registries.find(({ name }) => name === command.name);
  switch (command.type) {
    case 'AcceptRegistry':
      return known ? accept() : accept({ type: 'RegistryAccepted', name: command.name });
    case 'ConfirmRegistry':
      if (!known) return refuse('REGISTRY_UNKNOWN');
      return known.confirmed ? accept() : accept({ type: 'RegistryConfirmed', name: command.name });
    default:
      return unreachable(command);
  }
}

export function evolve(state: Main, event: MainEvent): Main {
  switch (event.type) {
    case 'MainInitialized':
      return { ...state, name: event.name };
    case 'RegistryAccepted':
      return {
        ...state,
        registries: [...state.registries, { name: event.name, confirmed: false }],
      };
    case 'RegistryConfirmed':
      return {
        ...state,
        registries: state.registries.map((registry) =>
          registry.name === event.name ? { ...registry, confirmed: true } : registry,
        ),
      };
    case 'Unmodelled':
      return state;
    default:
      return unreachable(event);
  }
}

export const main: Aggregate<Main, MainCommand, MainEvent, MainRefusal> = {
  codec: mainCodec,
  initial: initialMain,
  decide,
  evolve,
};
