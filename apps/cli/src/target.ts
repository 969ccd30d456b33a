// PATH_OR_ID, WORKFLOW_OR_PATH: which repo or workflow the user means.
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MalformedIdError, parseUuid, type Uuid } from '@permafrost/events';
import { operator } from '@permafrost/proto';
import type { Connection } from './connection.ts';
import { exitCode } from './exit-code.ts';
import { Failure, isNotFound, unreachable } from './failure.ts';

type Way = Readonly<{ regd: Connection; signal: AbortSignal }>;

/**
 * Finds a repo by its id, by a global path, or by a path on its host, where a relative path begins
 * at the current directory. A path inside of a repo means that repo. Throws a failure if there is
 * no such repo.
 */
export async function findRepo(way: Way, target: string): Promise<operator.Repo> {
  const named = asId(target) ?? resolve(target);
  try {
    return await ask(way, named);
  } catch (error) {
    // regd compares paths as text, and the user may have come here through a symlink.
    const real = isNotFound(error) ? await realPath(named) : undefined;
    if (real === undefined || real === named) throw error;
    return await ask(way, real);
  }
}

/**
 * Finds the workflow with an id, or the one that is under way on a repo. An id that no repo has is
 * taken for that of a workflow, which may not be there. Throws a failure if nothing is under way.
 */
export async function findWorkflowId(way: Way, target: string): Promise<Uuid> {
  const id = asId(target);
  try {
    const { globalPath, workflow } = await findRepo(way, target);
    if (workflow) return parseUuid(workflow.id);
    throw new Failure(`nothing is under way on ${globalPath}`, {
      exitCode: exitCode.failed,
      code: 'NOTHING_TO_CANCEL',
      hints: ['See how the repo is with `permafrost status`.'],
    });
  } catch (error) {
    if (id === undefined || !isNotFound(error)) throw error;
    return id;
  }
}

async function ask({ regd, signal }: Way, target: string): Promise<operator.Repo> {
  try {
    const { repo } = await regd.ask(operator.OperatorService.findRepo, { target }, signal);
    if (!repo) throw regd.leftEarly();
    return repo;
  } catch (error) {
    // Nothing has begun yet that could go on: the time is over because regd does not answer.
    const isTooLate = error instanceof Failure && error.code === 'TIMED_OUT';
    throw isTooLate ? unreachable(regd.address, error.message) : error;
  }
}

function asId(text: string): Uuid | undefined {
  try {
    return parseUuid(text);
  } catch (error) {
    if (error instanceof MalformedIdError) return undefined;
    throw error;
  }
}

/** Undefined if there is nothing on this machine under that name, or nothing that we may see. */
async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
