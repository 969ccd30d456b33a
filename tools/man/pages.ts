// The manual: a page for each program, and one for each command of `permafrost`, so that
// `man permafrost freeze` finds it.
import { commandLine as permafrost } from '@permafrost/cli/command-line';
import { stateDirectory } from '@permafrost/events/state-directory';
import { settingsSource as regd } from '@permafrost/regd/command-line';
import { settingsSource as stad } from '@permafrost/stad/command-line';
import type { Command } from 'commander';
import { version } from '../pack/programs.ts';
import { sourceDate } from '../pack/source-date.ts';
import { helpTextOf } from './help-text.ts';
import { pageName, pageText, subcommandsOf, type Foot, type Surroundings } from './page.ts';

export type Page = Readonly<{
  /** Of which it tells. */
  program: string;
  /** Such as `permafrost-freeze.1`. */
  file: string;
  section: 1 | 8;
  text: string;
}>;

const state = stateDirectory('/var/lib/permafrost');

const stateVariables = {
  PERMAFROST_STATE: 'the state directory, where `--state` names no other',
  XDG_STATE_HOME: 'where the state directory is, for users who are not root and name none',
};

const inCli: Surroundings = {
  files: {
    [state.socket]: 'the socket of regd, if neither `--state` nor `--server` says where it is',
    '~/.cache/permafrost': 'compiled code, for a quick start; may be deleted',
  },
  environment: {
    ...stateVariables,
    XDG_CACHE_HOME: 'where compiled code is kept, instead of `~/.cache`',
    COLUMNS: 'how wide tables may be, where the terminal does not tell or is not to decide',
    NO_COLOR: 'no colours, if it is not empty',
    TRACEPARENT: 'the trace that what the command begins belongs to, as W3C Trace Context has it',
  },
  seeAlso: ['permafrost(1)', 'permafrost-regd(8)', 'permafrost-stad(8)'],
};

const inRegd: Surroundings = {
  files: {
    [regd.defaultFile]: 'settings, as TOML; its keys are the long flags',
    '/etc/default/permafrost-regd': 'flags of the systemd unit',
    [state.journal]: 'the journal, which must never be lost',
    [state.socket]: 'the socket, for its owner only',
  },
  environment: stateVariables,
  seeAlso: ['permafrost(1)', 'permafrost-stad(8)'],
};

const inStad: Surroundings = {
  files: {
    [stad.defaultFile]: 'settings, as TOML; its keys are the long flags',
    '/etc/default/permafrost-stad': 'flags of the systemd unit',
    [state.journal]: 'the journal, which must never be lost',
    [state.shadows]: 'the shadow repos, which git can read',
  },
  environment: stateVariables,
  seeAlso: ['permafrost(1)', 'permafrost-regd(8)', 'chattr(1)', 'capabilities(7)'],
};

/** The pages of this checkout. */
export async function sourceManPages(): Promise<readonly Page[]> {
  const date = new Date(Number(await sourceDate()) * 1000);
  return manPages({ date: date.toISOString().slice(0, 10), version });
}

export function manPages(foot: Foot): readonly Page[] {
  const program = permafrost();
  return [
    ...pagesOf(program, [program, ...subcommandsOf(program)], { section: 1, foot, about: inCli }),
    ...[
      { source: regd, about: inRegd },
      { source: stad, about: inStad },
    ].flatMap(({ source, about }) => {
      const daemon = source.commandLine();
      return pagesOf(daemon, [daemon], { section: 8, foot, about });
    }),
  ];
}

function pagesOf(
  program: Command,
  commands: readonly Command[],
  { section, foot, about }: Readonly<{ section: 1 | 8; foot: Foot; about: Surroundings }>,
): readonly Page[] {
  const { exitCodes } = helpTextOf(program);
  return commands.map((command) => {
    const name = pageName(command);
    const seeAlso = about.seeAlso.filter((page) => page !== `${name}(${section})`);
    const surroundings = { ...about, seeAlso };
    const text = pageText({ name, section, command, exitCodes, surroundings, foot });
    return { program: program.name(), file: `${name}.${section}`, section, text };
  });
}
