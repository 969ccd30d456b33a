// Whether the stad of a host is there, and has all that it needs for its work.
import type { examination, operator } from '@permafrost/proto';
import { timeAgo } from '../output/time.ts';
import type { Facts, RegdAnswers } from './facts.ts';
import { broken, findingsAbout, ok, warning, type Finding, type Verdict } from './finding.ts';
import { clockAheadMs, clockVerdict, roomVerdict, versionVerdict } from './measures.ts';
import { directoryVerdict } from './root-findings.ts';

/** regd takes a stad for gone that is 20 s behind: half of that is too near. */
const CLOCK_BROKEN_MS = 10_000;

export function hostFindings(
  host: operator.ExaminedHost,
  { status, examined }: RegdAnswers,
  { version }: Pick<Facts, 'version'>,
): readonly Finding[] {
  const about = `stad ${host.host}`;
  const here = status.daemons.filter((it) => it.daemon === 'stad' && it.host === host.host);
  const stad = here.find(({ alive }) => alive);
  if (!stad) return findingsAbout(about, { alive: absence(host.host) });
  const known = examined.roots.filter((root) => root.host === host.host);
  return findingsAbout(about, {
    alive: ok(`process ${stad.pid}, started ${timeAgo(stad.sinceMs, examined.nowMs)}`),
    version: versionVerdict(stad.version, version),
    ...(host.outcome?.$case === 'examination'
      ? examinationVerdicts(host, host.outcome.value, new Set(known.map((it) => it.hostRoot)))
      : { answer: noAnswer(host.outcome?.value) }),
  });
}

function absence(host: string): Verdict {
  return broken('it is not running', `Start it there: permafrost-stad --host ${host}`);
}

function noAnswer(none: operator.NoExamination | undefined): Verdict {
  return broken(
    none?.message ?? 'regd tells nothing of it',
    none?.code === 'INQUIRY_UNKNOWN'
      ? 'Bring it to the version of regd, and start it again.'
      : 'Look at its log: it may wait for a disk.',
  );
}

function examinationVerdicts(
  { askedMs, answeredMs }: operator.ExaminedHost,
  found: examination.Examination,
  registryRoots: ReadonlySet<string>,
): Readonly<Record<string, Verdict>> {
  // What a registry names as a root is told of there.
  const own = found.directories.filter(({ path }) => !registryRoots.has(path));
  return {
    clock: hostClockVerdict(clockAheadMs(found.nowMs, { fromMs: askedMs, toMs: answeredMs })),
    driver: driverVerdict(found),
    capabilities: capabilitiesVerdict(found),
    git: gitVerdict(found),
    shadows: shadowsVerdict(found),
    ...Object.fromEntries(own.map((it) => [`root ${it.path}`, directoryVerdict(it)])),
  };
}

function hostClockVerdict(aheadMs: number): Verdict {
  const verdict = clockVerdict(aheadMs, 'regd');
  return Math.abs(aheadMs) > CLOCK_BROKEN_MS ? { ...verdict, state: 'broken' } : verdict;
}

function driverVerdict({ driver }: examination.Examination): Verdict {
  if (driver !== 'simulated') return ok(`sets the attribute by ${driver}`);
  return warning(
    'the attribute is simulated: nothing is protected',
    'Start it with --driver chattr where data shall be protected.',
  );
}

function capabilitiesVerdict({ missingCapabilities: missing }: examination.Examination): Verdict {
  if (missing.length === 0) return ok('has all the capabilities that it needs');
  const found = `lacks ${missing.join(', ')}`;
  const remedy = 'Give it what Privileges in docs/operations.md lists.';
  return missing.includes('CAP_LINUX_IMMUTABLE') ? broken(found, remedy) : warning(found, remedy);
}

function gitVerdict({ gitVersion, gitTrouble }: examination.Examination): Verdict {
  if (gitVersion !== '') return ok(`git ${gitVersion}`);
  return broken(gitTrouble, 'Install git, on the PATH of stad.');
}

function shadowsVerdict({ shadows }: examination.Examination): Verdict {
  const { path = '', isWritable = false, freeBytes = 0 } = shadows ?? {};
  if (isWritable) return roomVerdict(path, freeBytes);
  return broken(`cannot write shadow repos at ${path}`, 'Give the user of stad access to it.');
}
