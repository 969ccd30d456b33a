import type { Command } from 'commander';
import { operator, RegistryService, type RepoInfo } from '@permafrost/proto';
import { uuidFromBytes } from '@permafrost/events';
import { registryArgument } from '../arguments.ts';
import { isNotFound } from '../failure.ts';
import { table } from '../output/table.ts';
import type { Session } from '../session.ts';
import { paintTier, repoTier, repoValue } from '../view/repo.ts';
import { examples, type Bind } from './bind.ts';

/** So many repos are asked for at a time. */
const QUESTIONS_MAX = 16;

export function addRepos(program: Command, bind: Bind): void {
  program
    .command('repos')
    .description('list the repos of a registry and their storage tiers')
    .argument('<registry>', 'name of the registry', registryArgument)
    .addHelpText('after', examples('repos lab', '--json repos lab | jq -r .globalPath'))
    .action(bind(repos));
}

async function repos(session: Session, registry: string): Promise<void> {
  const { regd, out, signal } = session;
  const listed = await regd.ask(
    RegistryService.getRepos,
    { registry, globalPathPrefix: '/' },
    signal,
  );
  const found: operator.Repo[] = [];
  for (let at = 0; at < listed.repos.length; at += QUESTIONS_MAX) {
    const some = listed.repos.slice(at, at + QUESTIONS_MAX);
    found.push(...(await Promise.all(some.map((info) => look(session, registry, info)))));
  }
  out.results(found.map(repoValue), (paint, columns) => {
    if (found.length === 0) {
      return `no repos; create one with: permafrost init repo ${registry} PATH`;
    }
    const rows = found.map((repo) => [
      `${repo.globalPath}\n${paint.dim(repo.id)}`,
      paintTier(repoTier(repo), paint) +
        (repo.errorMessage === '' ? '' : `\n${paint.red('error')}`),
      repo.host,
    ]);
    return table(['REPO', 'TIER', 'HOST'], rows, { paint, columns });
  });
}

async function look(
  { regd, signal }: Session,
  registry: string,
  { id, globalPath }: RepoInfo,
): Promise<operator.Repo> {
  const target = uuidFromBytes(id);
  try {
    const { repo } = await regd.ask(operator.OperatorService.findRepo, { target }, signal);
    if (repo) return repo;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  // The registry has just accepted it, and its own history has not begun.
  return operator.Repo.fromPartial({ id: target, registry, globalPath });
}
