// Below which root of the registries a path of this host lies: what is at the root or above it, also
// where that is a symlink, is how the machine is laid out; what is below belongs to others.
import { mainId, registryId, type Engine } from '@permafrost/events';
import { isWithin, main, registry } from '@permafrost/workflow-core';

/** The innermost root around a path of the host; undefined if there is none. */
export async function hostRootAround(
  engine: Engine,
  { host, path }: Readonly<{ host: string; path: string }>,
): Promise<string | undefined> {
  let innermost: string | undefined;
  const { registries } = (await engine.find(main, mainId)).state;
  for (const { name } of registries) {
    const { roots } = (await engine.find(registry, registryId(name))).state;
    for (const root of roots.values()) {
      if (root.host !== host || !isWithin(path, root.hostRoot)) continue;
      if (root.hostRoot.length > (innermost?.length ?? 0)) innermost = root.hostRoot;
    }
  }
  return innermost;
}
