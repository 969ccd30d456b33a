import { Fault, mainId, type Engine } from '@permafrost/events';
import { main, type RegistryListing } from '../main/main.ts';

/**
 * Yields what `find` does for each registry. One that cannot be read does not take their turn from the
 * others: its fault is thrown after them, for whoever asked to try again.
 */
export async function* ofEachRegistry<T>(
  engine: Engine,
  find: (registry: RegistryListing) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const { state } = await engine.find(main, mainId);
  let fault: Fault | undefined;
  for (const listed of state.registries) {
    try {
      yield* find(listed);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      fault ??= error;
    }
  }
  if (fault) throw fault;
}
