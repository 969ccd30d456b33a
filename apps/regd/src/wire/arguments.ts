// Reads what requests carry as bytes and names. Each throws an {@link RpcError} in the words of
// spec/wire.md 2 and spec/behaviour.md 18.
import {
  freezePolicy,
  isRegistryName,
  MalformedIdError,
  nilUuid,
  NoVC,
  REGISTRY_NAME_REGEX,
  RetryNoVC,
  ulidFromBytes,
  uuidFromBytes,
  type FreezePolicy,
  type PolicyWords,
  type Ulid,
  type Uuid,
  type Vid,
} from '@permafrost/events';
import { badArgument } from '../grpc/rpc-error.ts';

export function repoIdOf(bytes: Uint8Array): Uuid {
  return read(() => uuidFromBytes(bytes), 'REPO_ID_MALFORMED', 'malformed repo id');
}

/** An absent or all-zero id stands for "make one". */
export function optionalRepoIdOf(bytes: Uint8Array | undefined): Uuid | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const id = repoIdOf(bytes);
  return id === nilUuid ? undefined : id;
}

export function workflowIdOf(bytes: Uint8Array): Uuid {
  return read(() => uuidFromBytes(bytes), 'WORKFLOW_ID_MALFORMED', 'malformed workflow id');
}

/** The services of the workflows themselves spell it differently, and give no reason. */
export function ownWorkflowIdOf(bytes: Uint8Array): Uuid {
  if (bytes.length === 16) return uuidFromBytes(bytes);
  throw badArgument('WORKFLOW_ID_MALFORMED', 'malformed workflow ID');
}

/**
 * The version that a command insists on. An absent one skips the check, and a lost race is decided
 * again: a client that names no version has no reason to hear of it (spec/gaps.md 3).
 */
export function vidOf(bytes: Uint8Array | undefined): Vid {
  if (bytes === undefined) return RetryNoVC;
  return read(() => ulidFromBytes(bytes), 'VID_MALFORMED', 'malformed vid');
}

/** The same for a command over several histories, which decides lost races again in any case. */
export function batchVidOf(bytes: Uint8Array | undefined): Vid {
  return bytes === undefined ? NoVC : vidOf(bytes);
}

/** The version that a workflow shall begin on; here the sentinels have no meaning. */
export function startVidOf(bytes: Uint8Array | undefined): Vid | undefined {
  if (bytes === undefined) return undefined;
  if (bytes.length === 16) return ulidFromBytes(bytes);
  throw badArgument('VID_MALFORMED', 'malformed VID');
}

/** What a freeze shall put up with; a word that is not known would be refused later, and so is now. */
export function policyOf(request: PolicyWords): FreezePolicy | undefined {
  const policy = freezePolicy(request);
  if (
    policy?.ifBusy === (request.ifBusy || undefined) &&
    policy?.ifLinked === (request.ifLinked || undefined)
  )
    return policy;
  throw badArgument('POLICY_UNKNOWN', 'unknown policy: if_busy is wait or force, if_linked force');
}

/** The event after which a stream shall begin. */
export function afterOf(bytes: Uint8Array | undefined): Ulid | undefined {
  if (bytes === undefined) return undefined;
  if (bytes.length === 16) return ulidFromBytes(bytes);
  throw badArgument('AFTER_MALFORMED', 'malformed after');
}

export function registryNameOf(name: string): string {
  if (isRegistryName(name)) return name;
  throw badArgument(
    'REGISTRY_NAME_MALFORMED',
    `malformed registry name: \`${name}\` does not match regex \`${REGISTRY_NAME_REGEX}\``,
    'Use lower-case letters, digits and hyphens, in parts that are joined by dots.',
  );
}

function read<T>(parse: () => T, code: string, what: string): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MalformedIdError) throw badArgument(code, `${what}: ${error.message}`);
    throw error;
  }
}
