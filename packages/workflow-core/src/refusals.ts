// Every way in which the domain can say no, in words and by kind. docs/errors.md has a row for
// each. The words are those that clients of the old system know, where it had any
// (spec/behaviour.md 18.4).
import type { MainRefusal } from './main/main.ts';
import type { RegistryRefusal } from './registry/registry.ts';
import type { RepoRefusal } from './repo/repo.ts';
import type { WorkflowRefusal } from './storage-workflow/storage-workflow.ts';
import type { RequestRefusal } from './use-cases/request-refusal.ts';
import type { IndexRefusal } from './workflow-index/workflow-index.ts';

export type Refusal =
  MainRefusal | RegistryRefusal | RepoRefusal | WorkflowRefusal | IndexRefusal | RequestRefusal;

/**
 * `state`: not now, as things stand. `unknown`: there is no such thing. `argument`: never, with
 * these arguments. `exists`: there is such a thing already, and it is another.
 */
export type RefusalClass = 'state' | 'unknown' | 'argument' | 'exists';

export type RefusalInfo = Readonly<{ class: RefusalClass; text: string; remedy: string }>;

export const refusals: Readonly<Record<Refusal, RefusalInfo>> = {
  MAIN_NOT_INITIALIZED: {
    class: 'state',
    text: 'uninitialized',
    remedy: 'Start regd once on this journal; it sets up the rest.',
  },
  MAIN_HAS_OTHER_NAME: {
    class: 'exists',
    text: 'init conflict',
    remedy: 'Use the journal that belongs to this installation.',
  },
  REGISTRY_UNKNOWN: {
    class: 'unknown',
    text: 'unknown registry',
    remedy: 'List the registries with `permafrost registries`.',
  },
  REGISTRY_NOT_INITIALIZED: {
    class: 'unknown',
    text: 'uninitialized registry',
    remedy: 'Create it with `permafrost init registry`, or check the name.',
  },
  REGISTRY_HAS_OTHER_NAME: {
    class: 'exists',
    text: 'init conflict',
    remedy: 'Choose another name for the registry.',
  },
  EPHEMERAL_WORKFLOWS_ID_MALFORMED: {
    class: 'argument',
    text: 'malformed ephemeral workflows ID',
    remedy: 'Let the server derive the id.',
  },
  EPHEMERAL_WORKFLOWS_HAVE_OTHER_ID: {
    class: 'exists',
    text: 'ephemeral workflows ID conflict',
    remedy: 'Workflows are enabled already; nothing is to be done.',
  },
  EPHEMERAL_WORKFLOWS_NOT_ENABLED: {
    class: 'state',
    text: 'ephemeral workflows not enabled',
    remedy: 'Run `permafrost init registry NAME` again; it enables them.',
  },
  PATH_NOT_ABSOLUTE: {
    class: 'argument',
    text: 'path is not absolute and clean',
    remedy: 'Give a path that begins with a slash and has no empty, `.` or `..` parts.',
  },
  ROOT_HOST_MISSING: {
    class: 'argument',
    text: 'missing host',
    remedy: 'Name the file server with --host.',
  },
  ROOT_GITLAB_NAMESPACE_WITHOUT_SLASH: {
    class: 'argument',
    text: 'Gitlab namespace missing slash',
    remedy: 'Give HOST/NAMESPACE.',
  },
  ROOT_EXISTS_WITH_OTHER_ARGUMENTS: {
    class: 'exists',
    text: 'root already initialized with other arguments',
    remedy: 'Remove the root first, or choose another path.',
  },
  ROOT_UNKNOWN: {
    class: 'unknown',
    text: 'unknown root',
    remedy: 'Create a root that contains the path with `permafrost init root`.',
  },
  ROOT_HAS_REPOS: {
    class: 'state',
    text: 'root has repos',
    remedy: 'A root stays as long as there are repos below it.',
  },
  CREATOR_NAME_MISSING: {
    class: 'argument',
    text: 'missing creator name',
    remedy: "Give --author 'A U Thor <author@example.org>'.",
  },
  CREATOR_EMAIL_MISSING: {
    class: 'argument',
    text: 'missing creator email',
    remedy: "Give --author 'A U Thor <author@example.org>'.",
  },
  REPO_ID_MALFORMED: {
    class: 'argument',
    text: 'malformed repo id',
    remedy: 'Leave the id out; the server makes one.',
  },
  REPO_ID_IN_USE: {
    class: 'exists',
    text: 'repo id already in use',
    remedy: 'Leave the id out; the server makes one.',
  },
  REPO_EXISTS_AT_PATH: {
    class: 'exists',
    text: 'repo already initialized at path',
    remedy: 'See it with `permafrost status PATH`.',
  },
  REPO_DIRECTORY_OVERLAPS_OTHER: {
    class: 'exists',
    text: 'another repo has the directory, holds it, or lies in it',
    remedy: 'Use that repo, or choose another directory.',
  },
  REPO_PARENT_NOT_ONLINE: {
    class: 'state',
    text: 'parent repo immutable',
    remedy: 'Unfreeze the repo that contains the path first.',
  },
  REPO_UNKNOWN: {
    class: 'unknown',
    text: 'unknown repo',
    remedy: 'List the repos with `permafrost repos REGISTRY`.',
  },
  REPO_HAS_CHILD_REPOS: {
    class: 'state',
    text: 'not a leaf repo',
    remedy: 'Only a repo without other repos below it can be frozen or repaired.',
  },
  REPO_IN_OTHER_TIER: {
    class: 'state',
    text: 'conflicting repo storage state',
    remedy: 'See what the repo is doing with `permafrost status PATH`.',
  },
  REPO_HELD_BY_OTHER_WORKFLOW: {
    class: 'state',
    text: 'workflow conflict',
    remedy: 'Wait for the other workflow; see it with `permafrost status PATH`.',
  },
  REPO_NOT_INITIALIZED: {
    class: 'unknown',
    text: 'uninitialized repo',
    remedy: 'Wait until the repo is set up; see it with `permafrost status PATH`.',
  },
  REPO_EXISTS_WITH_OTHER_ARGUMENTS: {
    class: 'exists',
    text: 'init conflict',
    remedy: 'Use another repo id.',
  },
  GITLAB_CONFIG_INCOMPLETE: {
    class: 'argument',
    text: 'invalid Gitlab config',
    remedy: 'Give both host and path, or neither.',
  },
  SHADOW_EXISTS_ELSEWHERE: {
    class: 'exists',
    text: 'shadow repo already initialized elsewhere',
    remedy: 'Start stad with the state directory that holds the shadow repo.',
  },
  ERROR_MESSAGE_EMPTY: {
    class: 'argument',
    text: 'empty error message',
    remedy: 'Give the text of the error.',
  },
  ERROR_STORED_ALREADY: {
    class: 'state',
    text: 'another error is stored',
    remedy: 'Clear it first with `permafrost clear-error PATH`.',
  },
  ERROR_MESSAGE_DIFFERS: {
    class: 'state',
    text: 'clear message mismatch',
    remedy: 'Give exactly the text that is stored.',
  },
  REPO_HAS_STORED_ERROR: {
    class: 'state',
    text: 'repo has stored error',
    remedy: 'Mend the cause, then run `permafrost clear-error PATH`.',
  },
  STATUS_CODE_MEANS_SUCCESS: {
    class: 'argument',
    text: 'invalid error status code',
    remedy: 'An abort needs a code other than 0.',
  },
  STATUS_IS_NO_FAILURE: {
    class: 'argument',
    text: 'invalid error status',
    remedy: 'An abort needs a code other than 0 and a message of at most 150 bytes.',
  },
  WORKFLOW_COMMAND_INVALID: {
    class: 'argument',
    text: 'invalid command',
    remedy:
      'Give an author, and for an abort a code other than 0 and a message of at most 150 bytes.',
  },
  WORKFLOW_IN_OTHER_STATE: {
    class: 'state',
    text: 'command conflicts with aggregate state',
    remedy: 'See where the workflow stands with `permafrost events workflow UUID`.',
  },
  WORKFLOW_TERMINATED: {
    class: 'state',
    text: 'already terminated',
    remedy: 'The workflow has ended; begin another.',
  },
  WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS: {
    class: 'exists',
    text: 'command not idempotent',
    remedy: 'Repeat a request with the same arguments, or use a new workflow id.',
  },
  INDEX_WORKFLOW_UNKNOWN: {
    class: 'unknown',
    text: 'unknown workflow',
    remedy: 'List the workflows with `permafrost workflows REGISTRY --all`.',
  },
  INDEX_WORKFLOW_ACTIVE: {
    class: 'state',
    text: 'workflow is active',
    remedy: 'Wait until the workflow has ended.',
  },
  INDEX_WORKFLOW_EXISTS_WITH_OTHER_ARGUMENTS: {
    class: 'exists',
    text: 'workflow indexed with other arguments',
    remedy: 'Use a new workflow id.',
  },
  WORKFLOW_ID_IN_USE: {
    class: 'state',
    text: 'rejected workflow ID: ID has been used before',
    remedy: 'Use a new workflow id.',
  },
  WORKFLOW_ID_MALFORMED: {
    class: 'argument',
    text: 'malformed workflow ID',
    remedy: 'Use a random UUID.',
  },
  WORKFLOW_NOT_CANCELLABLE: {
    class: 'state',
    text: 'too late to cancel: the workflow has ended, or is about to',
    remedy:
      'See how it ended with `permafrost events workflow UUID`; begin the opposite if need be.',
  },
  REASON_MISSING: {
    class: 'argument',
    text: 'missing reason',
    remedy: 'Say with --reason why the workflow is ended by force.',
  },
  AUTHOR_MISSING: {
    class: 'argument',
    text: 'missing author name or email',
    remedy:
      "Give --author 'A U Thor <author@example.org>', or set user.name and user.email in git.",
  },
};
