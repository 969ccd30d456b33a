import { Argument, type Command } from 'commander';
import { registryId, workflowIndexId, type Ulid } from '@permafrost/events';
import { operator } from '@permafrost/proto';
import {
  nonEmptyArgument,
  readArgument,
  registryArgument,
  ulidArgument,
  uuidArgument,
} from '../arguments.ts';
import { eventLine } from '../events/event-line.ts';
import { eventValue } from '../events/event-value.ts';
import { endsWorkflow, type AnyEvent } from '../events/sentence.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { findRepo } from '../target.ts';
import { follow } from '../waiting/follow.ts';
import { examples, type Bind } from './bind.ts';

const kinds = ['registry', 'repo', 'workflow', 'index'] as const;
type Kind = (typeof kinds)[number];
type Options = Readonly<{ watch?: boolean; after?: Ulid }>;

export function addEvents(program: Command, bind: Bind): void {
  program
    .command('events')
    .description('tell what happened, from the journal')
    .addArgument(new Argument('<kind>', 'of what').choices(kinds))
    .argument('<which>', 'name of a registry or of its index, path or id of a repo, workflow id')
    .option('--watch', 'go on with new events as they come, those of a workflow until it has ended')
    .option('--after <vid>', 'only events after this one; --json shows their ids', ulidArgument)
    .addHelpText(
      'after',
      examples(
        'events registry lab',
        'events repo /data/survey-2024 --watch',
        'events workflow 0b0a8c5e-6f0c-4f2a-9d1e-6a4c1f0e7b11 --watch',
        '--json events index lab --after 01JDE2X5V5R8WQ1ZK8C3T9M4NP',
      ),
    )
    .action(bind(events));
}

async function events(
  session: Session,
  kind: Kind,
  which: string,
  { watch = false, after }: Options,
): Promise<void> {
  const { regd, out, signal, commandLine } = session;
  const history = await historyOf(session, kind, which);
  const { watchEvents } = operator.OperatorService;
  let afterEvent: string | undefined = after;
  const request = (): operator.WatchEventsRequest => ({ history, afterEvent, watch });
  const messages = watch
    ? follow(regd, watchEvents, request, { signal, note: (words) => out.note(words) })
    : regd.watch(watchEvents, request(), signal);
  try {
    for await (const { event } of messages) {
      if (!event) continue;
      const value = eventValue(event);
      out.result(value, (paint) => eventLine(event, paint));
      if (endsWorkflow(value.event as AnyEvent)) return;
      afterEvent = event.id;
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'HISTORY_UNKNOWN') {
      throw error.with({ message: unknownWords(kind, which) });
    }
    if (error !== signal.reason || !afterEvent) throw error;
    const goOn = commandLine('events', kind, which, '--watch', '--after', afterEvent);
    throw error.with({ hints: [`Go on with: ${goOn}`] });
  }
}

/** What the user has named, where regd knows only the id that follows from it. */
function unknownWords(kind: Kind, which: string): string {
  return kind === 'workflow' ? `no workflow has the id ${which}` : `there is no registry ${which}`;
}

async function historyOf(session: Session, kind: Kind, which: string): Promise<string> {
  switch (kind) {
    case 'registry':
      return registryId(readArgument(registryArgument, which));
    case 'index':
      return workflowIndexId(readArgument(registryArgument, which));
    case 'workflow':
      return readArgument(uuidArgument, which);
    case 'repo':
      return (await findRepo(session, readArgument(nonEmptyArgument, which))).id;
  }
}
