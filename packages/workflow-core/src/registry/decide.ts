import { accept, nilUuid, refuse, unreachable, type Decision } from '@permafrost/events';
import { isCleanAbsolute } from '../storage/paths.ts';
import { judgeBegin, judgeEnd } from '../storage/storage.ts';
import { isLeaf, needsLeaf, parentRepo, rootOf } from './queries.ts';
import type { Registry, RegistryCommand, RegistryEvent, RegistryRefusal } from './registry.ts';

type Decided = Decision<RegistryEvent, RegistryRefusal>;
type Command<T extends RegistryCommand['type']> = Extract<RegistryCommand, { type: T }>;

export function decide(registry: Registry, command: RegistryCommand): Decided {
  if (command.type === 'InitRegistry') {
    if (registry.name === '') return accept({ type: 'RegistryAdded', name: command.name });
    return registry.name === command.name ? accept() : refuse('REGISTRY_HAS_OTHER_NAME');
  }
  if (command.type === 'InitRepo') {
    // These two come before all else, as clients know it (spec/behaviour.md 5.4).
    if (command.creator.name === '') return refuse('CREATOR_NAME_MISSING');
    if (command.creator.email === '') return refuse('CREATOR_EMAIL_MISSING');
  }
  if (registry.name === '') return refuse('REGISTRY_NOT_INITIALIZED');
  switch (command.type) {
    case 'EnableEphemeralWorkflows':
      if (command.indexId === nilUuid) return refuse('EPHEMERAL_WORKFLOWS_ID_MALFORMED');
      if (registry.indexId === undefined) {
        return accept({ type: 'EphemeralWorkflowsEnabled', indexId: command.indexId });
      }
      return registry.indexId === command.indexId
        ? accept()
        : refuse('EPHEMERAL_WORKFLOWS_HAVE_OTHER_ID');
    case 'InitRoot':
      return initRoot(registry, command);
    case 'RemoveRoot':
      return removeRoot(registry, command);
    case 'InitRepo':
      return initRepo(registry, command);
    case 'ConfirmRepo':
      return confirmRepo(registry, command);
    case 'BeginStorage':
      return beginStorage(registry, command);
    case 'CommitStorage':
      return endStorage(registry, { ...command, statusCode: 0 });
    case 'AbortStorage':
      if (command.statusCode === 0) return refuse('STATUS_CODE_MEANS_SUCCESS');
      return endStorage(registry, command);
    default:
      return unreachable(command);
  }
}

function initRoot(registry: Registry, { root }: Command<'InitRoot'>): Decided {
  const { globalRoot, hostRoot, host, gitlabNamespace } = root;
  if (!isCleanAbsolute(globalRoot) || !isCleanAbsolute(hostRoot))
    return refuse('PATH_NOT_ABSOLUTE');
  if (host === '') return refuse('ROOT_HOST_MISSING');
  if (gitlabNamespace !== '' && !gitlabNamespace.includes('/')) {
    return refuse('ROOT_GITLAB_NAMESPACE_WITHOUT_SLASH');
  }
  const known = registry.roots.get(globalRoot);
  if (!known) return accept({ type: 'RootAdded', root });
  const isSame =
    known.host === host && known.hostRoot === hostRoot && known.gitlabNamespace === gitlabNamespace;
  return isSame ? accept() : refuse('ROOT_EXISTS_WITH_OTHER_ARGUMENTS');
}

function removeRoot(registry: Registry, { globalRoot }: Command<'RemoveRoot'>): Decided {
  if (!registry.roots.has(globalRoot)) return refuse('ROOT_UNKNOWN');
  // Only repos that would lose their root count: an outer root may hold them as well as an inner.
  const orphans = registry.repos.some(
    (r) => rootOf(registry, r.globalPath)?.globalRoot === globalRoot,
  );
  return orphans ? refuse('ROOT_HAS_REPOS') : accept({ type: 'RootRemoved', globalRoot });
}

function initRepo(registry: Registry, command: Command<'InitRepo'>): Decided {
  const { repoId, globalPath, creator } = command;
  if (!isCleanAbsolute(globalPath)) return refuse('PATH_NOT_ABSOLUTE');
  if (repoId === nilUuid) return refuse('REPO_ID_MALFORMED');
  const idAtPath = registry.repoIdByPath.get(globalPath);
  if (idAtPath !== undefined) return idAtPath === repoId ? accept() : refuse('REPO_EXISTS_AT_PATH');
  if (registry.repos.has(repoId)) return refuse('REPO_ID_IN_USE');
  if (!rootOf(registry, globalPath)) return refuse('ROOT_UNKNOWN');
  const parent = parentRepo(registry, globalPath);
  if (parent && parent.storage.tier !== 'online') return refuse('REPO_PARENT_NOT_ONLINE');
  return accept({ type: 'RepoAccepted', repoId, globalPath, creator });
}

function confirmRepo(registry: Registry, { repoId, repoEventId }: Command<'ConfirmRepo'>): Decided {
  const repo = registry.repos.get(repoId);
  if (!repo) return refuse('REPO_UNKNOWN');
  if (repo.confirmed) return accept();
  const event = { type: 'RepoAdded', repoId, globalPath: repo.globalPath } as const;
  return accept(repoEventId === undefined ? event : { ...event, repoEventId });
}

function beginStorage(registry: Registry, command: Command<'BeginStorage'>): Decided {
  const { direction, repoId, workflowId } = command;
  const repo = registry.repos.get(repoId);
  if (!repo) return refuse('REPO_UNKNOWN');
  switch (judgeBegin(repo.storage, command)) {
    case 'already':
      return accept();
    case 'conflict':
      return refuse('REPO_HELD_BY_OTHER_WORKFLOW');
    case 'go':
      if (needsLeaf(command) && !isLeaf(registry, repo)) return refuse('REPO_HAS_CHILD_REPOS');
      return accept({ type: 'RepoStorageStarted', direction, repoId, workflowId });
  }
}

function endStorage(registry: Registry, command: Omit<Command<'AbortStorage'>, 'type'>): Decided {
  const { direction, repoId, workflowId, statusCode } = command;
  const repo = registry.repos.get(repoId);
  if (!repo) return refuse('REPO_UNKNOWN');
  const end = statusCode === 0 ? 'done' : 'failed';
  switch (judgeEnd(repo.storage, { direction, workflowId, end })) {
    case 'already':
      return accept();
    case 'conflict':
      return refuse('REPO_HELD_BY_OTHER_WORKFLOW');
    case 'go':
      return accept({ type: 'RepoStorageCompleted', direction, repoId, workflowId, statusCode });
  }
}
