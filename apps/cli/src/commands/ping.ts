// `ping`: a call for all servers of a registry, and who answered it.
import type { Command } from 'commander';
import { randomUuid, uuidToBytes } from '@permafrost/events';
import { JobControl, PingRegistryService, type GetRegistryPingsO } from '@permafrost/proto';
import { registryArgument } from '../arguments.ts';
import { exitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { whileWaiting } from '../output/step-display.ts';
import { table } from '../output/table.ts';
import type { Session } from '../session.ts';
import { examples, type Bind } from './bind.ts';
import { reasonFlag } from './reason-flag.ts';

/** regd waits for the servers before it sums up; in milliseconds, and generous. */
const ANSWER_MS_MAX = 120_000;

type Answer = Readonly<{ code: number; message: string }>;

export function addPing(program: Command, bind: Bind): void {
  program
    .command('ping')
    .description('call all servers of a registry, and show who answers')
    .argument('<registry>', 'name of the registry', registryArgument)
    .addOption(reasonFlag())
    .addHelpText('after', examples('ping lab', '--json ping lab'))
    .action(bind(ping));
}

async function ping({ regd, out, signal }: Session, registry: string): Promise<void> {
  const id = randomUuid();
  const workflow = uuidToBytes(id);
  await regd.ask(PingRegistryService.beginPingRegistry, { registry, workflow }, signal);
  const { getRegistryPings } = PingRegistryService;
  const request = { workflow, jobControl: JobControl.JC_WAIT };
  const told = await whileWaiting(out.err, (say) => {
    say('waiting for the servers to answer');
    return regd.ask(getRegistryPings, request, signal, ANSWER_MS_MAX);
  });
  await regd.ask(PingRegistryService.commitPingRegistry, { workflow }, signal);
  const { answers, summary } = readable(told);
  const servers = serversOf(answers);
  out.result({ registry, workflowId: id, answers, summary }, (paint, columns) =>
    table(
      ['ANSWER', 'FROM'],
      servers.map(({ code, times, name }) => {
        const often = times === 1 ? '' : `, ${times} times`;
        return [code === 0 ? paint.green(`ok${often}`) : paint.red(`code ${code}`), name];
      }),
      { paint, columns },
    ),
  );
  const wrong = servers.filter(({ code }) => code !== 0).length;
  if (wrong > 0) throw unwell(registry, wrong);
}

function readable({ serverPings, summary }: GetRegistryPingsO): {
  answers: readonly Answer[];
  summary: string;
} {
  const answers = serverPings.map(({ statusCode, statusMessage }) => ({
    code: statusCode,
    message: statusMessage,
  }));
  return { answers, summary: summary?.statusMessage ?? '' };
}

type Server = Readonly<{ name: string; times: number; code: number }>;

/** Each server once, with its first answer that is not well if there is one. */
function serversOf(answers: readonly Answer[]): readonly Server[] {
  const byName = Map.groupBy(answers, ({ message }) => serverOf(message));
  return [...byName].map(([name, own]) => {
    const { code = 0 } = own.find((answer) => answer.code !== 0) ?? {};
    return { name, times: own.length, code };
  });
}

/** Who says so, in our words; a server that is not ours is called by its own. */
function serverOf(message: string): string {
  return message
    .replace(/^nogfsoregd ping \d+$/, 'regd')
    .replace(/^nogfsostad ping on (?=\S)/, 'stad on ');
}

function unwell(registry: string, count: number): Failure {
  const servers = count === 1 ? 'one server' : `${count} servers`;
  return new Failure(`${servers} of ${registry} did not answer well`, {
    exitCode: exitCode.failed,
    code: 'SERVER_UNWELL',
    hints: ['See who is alive with `permafrost status`, and start what is missing.'],
  });
}
