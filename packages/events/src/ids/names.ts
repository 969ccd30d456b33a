// Ids that follow from a name (spec/wire.md 2): UUID version 5 of `<ns>:<name>`.
import { namedUuid, parseUuid, type Uuid } from './uuid.ts';

const NAMESPACE = parseUuid('ecb02ec6-006d-429f-a378-9392612f9c61');

/** The history of the one main aggregate. */
export const mainId: Uuid = namedUuid('fsomain:main', NAMESPACE);

/** The channel that carries every broadcast. */
export const broadcastId: Uuid = namedUuid('broadcast:all', NAMESPACE);

/** The history of a registry. */
export function registryId(name: string): Uuid {
  return remembered(`fsoreg:${name}`);
}

/** The history of a registry's index of ephemeral workflows. */
export function workflowIndexId(registry: string): Uuid {
  return remembered(`fsoregephwfl:${registry}`);
}

/** Far more than there are registries; names that are none come in requests, too. */
const REMEMBERED_MAX = 1000;

const idsByName = new Map<string, Uuid>();

/** Each step of each workflow asks for the same few. */
function remembered(name: string): Uuid {
  const known = idsByName.get(name);
  if (known) return known;
  const id = namedUuid(name, NAMESPACE);
  if (idsByName.size >= REMEMBERED_MAX) idsByName.clear();
  idsByName.set(name, id);
  return id;
}

/** The rule for registry names, as error messages print it. */
export const REGISTRY_NAME_REGEX = '^[a-z]([a-z0-9-]*[a-z0-9])?(\\.[a-z]([a-z0-9-]*[a-z0-9])?)*$';

const registryName = new RegExp(REGISTRY_NAME_REGEX);

/** Whether a text can be the name of a registry. */
export function isRegistryName(text: string): boolean {
  return registryName.test(text);
}
