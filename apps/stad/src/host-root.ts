// Below which root of the registries a path of this host lies: what is at the root or above it, also
// where that is a symlink, is how the machine is laid out; what is below belongs to others.
import { Fault, registryId, type Engine } from '@permafrost/events';
import { isWithin, ofEachRegistry, registry } from '@permafrost/workflow-core';

/**
 * The innermost root around a path of the host; undefined if there is none. A registry that cannot be read
 * keeps nobody from the roots of the others; its fault is thrown where they have none around the path.
 */
export async function hostRootAround(
  engine: Engine,
  { host, path }: Readonly<{ host: string; path: string }>,
): Promise<string | undefined> {
  let innermost: string | undefined;
  const hostRoots = ofEachRegistry(engine, async function* ({ name }) {
    const { roots } = (await engine.find(registry, registryId(name))).state;
    for (const root of roots.values()) if (root.host === host) yield root.hostRoot;
  });
  try {
    for await (const root of hostRoots)
      if (isWithin(path, root) && root.length > (innermost?.length ?? 0)) innermost = root;
  } catch (error) {
    // A root further out allows fewer symlinks, and never more.
    if (!(error instanceof Fault) || innermost === undefined) throw error;
  }
  return innermost;
}
