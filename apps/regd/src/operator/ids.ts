import { MalformedIdError, parseUlid, parseUuid, type Ulid, type Uuid } from '@permafrost/events';
import { badArgument } from '../grpc/rpc-error.ts';

/** Reads the text form of a UUID. `what` names it to the caller. */
export function uuidArgument(text: string, what: string): Uuid {
  return read(() => parseUuid(text), what);
}

export function ulidArgument(text: string, what: string): Ulid {
  return read(() => parseUlid(text), what);
}

function read<T>(parse: () => T, what: string): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MalformedIdError)) throw error;
    throw badArgument('ID_MALFORMED', `malformed ${what}: ${error.message}`);
  }
}
