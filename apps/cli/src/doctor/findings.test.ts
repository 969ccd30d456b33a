// From facts to findings: each fact that is not as it should be, in an installation where all else is.
import type { examination, operator } from '@permafrost/proto';
import { expect, it } from 'vitest';
import { samplePresence, sampleWorkflow } from '../testing/samples.ts';
import type { Facts, OwnedFile, RegdAnswers, StateFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { findingsOf } from './findings.ts';

const NOW_MS = Date.now();
const GIB = 2 ** 30;

const owned = (path: string, fields: Partial<OwnedFile> = {}): OwnedFile => ({
  ...{ path, uid: 998, mode: 0o600 },
  ...fields,
});

const inspection = { schemaVersion: 6, histories: 3, events: 17, end: 17, defects: [] };

type Seen = Exclude<StateFacts, { unseen: string }>;

function state(fields: Partial<Seen> = {}): Seen {
  const files = [owned('/state', { mode: 0o700 }), owned('/state/journal.db')];
  return { owned: files, freeBytes: 5 * GIB, journal: inspection, ...fields };
}

function examined(fields: Partial<examination.Examination> = {}): examination.Examination {
  return {
    nowMs: NOW_MS,
    driver: 'chattr',
    missingCapabilities: [],
    gitVersion: '2.39.5',
    gitTrouble: '',
    directories: [directory('/srv/data')],
    shadows: { path: '/state/shadows', isWritable: true, freeBytes: 5 * GIB },
    ...fields,
  };
}

function directory(
  path: string,
  trouble?: examination.DirectoryTrouble,
): examination.ExaminedDirectory {
  return { path, fileSystem: 'ext4', trouble };
}

const host = (outcome: operator.ExaminedHost['outcome']): operator.ExaminedHost => ({
  ...{ host: 'files1', askedMs: NOW_MS - 10, answeredMs: NOW_MS + 10 },
  outcome,
});

const answered = (fields: Partial<examination.Examination> = {}): operator.ExaminedHost =>
  host({ $case: 'examination', value: examined(fields) });

const root = { registry: 'lab', globalRoot: '/data', host: 'files1', hostRoot: '/srv/data' };

type RegdFields = Partial<operator.GetStatusResponse> & Partial<operator.ExamineHostsResponse>;

function regd(fields: RegdFields & Partial<RegdAnswers> = {}): RegdAnswers {
  const { daemons = [ofRegd(), samplePresence()], workflows = [] } = fields;
  const { nowMs = NOW_MS, roots = [root], hosts = [answered()] } = fields;
  return {
    address: 'unix:/state/regd.sock',
    isServing: fields.isServing ?? true,
    status: { daemons, workflows, journal: undefined },
    examined: { nowMs, roots, hosts },
    asked: { fromMs: NOW_MS - 10, toMs: NOW_MS + 10 },
  };
}

function ofRegd(fields: Partial<operator.Presence> = {}): operator.Presence {
  return samplePresence({ daemon: 'regd', host: 'machine', ...fields });
}

const judge = (fields: Partial<Facts> = {}): readonly Finding[] =>
  findingsOf({ version: '0.1.0', regd: regd(), state: state(), ...fields });

/** What is not well, as `STATE OF: FINDING`. */
const ills = (findings: readonly Finding[]): readonly string[] =>
  findings
    .filter((finding) => finding.state !== 'ok')
    .map(({ state, about, message }) => `${state} ${about}: ${message}`);

it('finds nothing where all is well', () => {
  const findings = judge();
  expect(ills(findings)).toEqual([]);
  expect(findings.map(({ about, check }) => `${about} ${check}`)).toEqual([
    ...['reach', 'health', 'version', 'clock'].map((check) => `regd ${check}`),
    ...['file', 'permissions', 'room'].map((check) => `journal ${check}`),
    ...['alive', 'version', 'clock', 'driver', 'capabilities', 'git', 'shadows'].map(
      (check) => `stad files1 ${check}`,
    ),
    'root /data served',
    'workflows stuck',
  ]);
});

it.each<[what: string, facts: Partial<StateFacts>, ill: string]>([
  ['a journal that is missing', { journal: 'missing' }, 'broken journal: there is none'],
  ['one that cannot be read', { journal: { fault: 'too new' } }, 'broken journal: too new'],
  [
    'one that is damaged',
    { journal: { ...inspection, defects: ['page 3 is lost', 'page 4 is lost'] } },
    'broken journal: it is damaged: page 3 is lost',
  ],
  [
    'a directory that others may write to',
    { owned: [owned('/state', { mode: 0o770 }), owned('/state/journal.db')] },
    'broken journal: others may write to /state (mode 770)',
  ],
  [
    'a file that others may read',
    { owned: [owned('/state', { mode: 0o700 }), owned('/state/journal.db', { mode: 0o640 })] },
    'warning journal: others may look into /state/journal.db (mode 640)',
  ],
  [
    'a file of another user',
    { owned: [owned('/state', { mode: 0o700 }), owned('/state/journal.db-wal', { uid: 0 })] },
    'warning journal: journal.db-wal belongs to user 0, its directory to user 998',
  ],
  ['a tight disk', { freeBytes: GIB / 2 }, 'warning journal: 512.0 MiB free at /state'],
  ['a full disk', { freeBytes: 0 }, 'broken journal: 0 bytes free at /state'],
])('finds %s', (_, facts, ill) => {
  expect(ills(judge({ state: state(facts as Partial<Seen>) }))).toEqual([ill]);
});

it('does not send for a backup where the journal may only be too new', () => {
  const findings = judge({ state: state({ journal: { fault: 'use the newer program' } }) });
  expect(findings.find(({ state: found }) => found === 'broken')?.remedy).toMatch(/^If it is dam/);
});

it.each<[what: string, answers: RegdFields & Partial<RegdAnswers>, ills: readonly string[]]>([
  [
    'a regd that cannot write',
    { isServing: false },
    ['broken regd: it cannot write to the journal'],
  ],
  [
    'a regd of another version, whatever was there before it',
    {
      daemons: [
        ofRegd({ version: '0.1.0', alive: false }),
        ofRegd({ version: '0.2.0' }),
        samplePresence(),
      ],
    },
    ['warning regd: version 0.2.0, and this program is 0.1.0'],
  ],
  [
    'a clock of regd that is ahead',
    { nowMs: NOW_MS + 60_010 },
    ['warning regd: its clock is 1m ahead of that of this machine'],
  ],
  [
    'a stad that is not there, and what it leaves unserved',
    {
      daemons: [ofRegd(), samplePresence({ alive: false })],
      hosts: [host({ $case: 'none', value: { code: 'STAD_ABSENT', message: 'no stad' } })],
    },
    [
      'broken stad files1: it is not running',
      'broken root /data: no stad of host files1 serves it',
    ],
  ],
  [
    'a stad that does not answer',
    { hosts: [host({ $case: 'none', value: { code: 'STAD_SILENT', message: 'it hangs' } })] },
    ['broken stad files1: it hangs', 'broken root /data: no stad of host files1 serves it'],
  ],
  [
    'a stad of another version',
    { daemons: [ofRegd(), samplePresence({ version: '0.0.9' })] },
    ['warning stad files1: version 0.0.9, and this program is 0.1.0'],
  ],
  [
    'a clock of stad that is a little behind',
    { hosts: [answered({ nowMs: NOW_MS - 5010 })] },
    ['warning stad files1: its clock is 5s behind that of regd'],
  ],
  [
    'a clock of stad that is so far behind that it looks dead',
    { hosts: [answered({ nowMs: NOW_MS - 15_010 })] },
    ['broken stad files1: its clock is 15s behind that of regd'],
  ],
  [
    'a simulation',
    { hosts: [answered({ driver: 'simulated' })] },
    ['warning stad files1: the attribute is simulated: nothing is protected'],
  ],
  [
    'no right to set the attribute',
    { hosts: [answered({ missingCapabilities: ['CAP_FOWNER', 'CAP_LINUX_IMMUTABLE'] })] },
    ['broken stad files1: lacks CAP_FOWNER, CAP_LINUX_IMMUTABLE'],
  ],
  [
    'a lesser right that is missing',
    { hosts: [answered({ missingCapabilities: ['CAP_FOWNER'] })] },
    ['warning stad files1: lacks CAP_FOWNER'],
  ],
  [
    'no git',
    { hosts: [answered({ gitVersion: '', gitTrouble: 'git cannot be run' })] },
    ['broken stad files1: git cannot be run'],
  ],
  [
    'no access to the shadow repos',
    { hosts: [answered({ shadows: { path: '/shadows', isWritable: false, freeBytes: GIB } })] },
    ['broken stad files1: cannot write shadow repos at /shadows'],
  ],
  [
    'little room for shadow repos',
    { hosts: [answered({ shadows: { path: '/shadows', isWritable: true, freeBytes: 1 } })] },
    ['broken stad files1: 1 bytes free at /shadows'],
  ],
  [
    'a root that stad may not touch, and one of its own that is gone',
    {
      hosts: [
        answered({
          directories: [
            directory('/srv/gone', { code: 'FILES_MISSING', message: 'gone' }),
            directory('/srv/data', { code: 'FILES_OUTSIDE_ROOTS', message: 'outside' }),
          ],
        }),
      ],
    },
    ['broken stad files1: gone', 'broken root /data: outside'],
  ],
  [
    'a workflow that is stuck',
    { workflows: [sampleWorkflow({ updatedMs: NOW_MS - 120_000 })] },
    ['warning repo /data/survey-2024: freeze has waited 2m for stad on host files1'],
  ],
  [
    'an installation that was never begun',
    { daemons: [ofRegd()], hosts: [], roots: [] },
    ['warning stads: there is none, and no root'],
  ],
])('finds %s', (_, answers, expected) => {
  expect(ills(judge({ regd: regd(answers) }))).toEqual(expected);
});

it('looks at what it can while regd is down, and says what it could not', () => {
  const silent = { address: 'unix:/x', message: 'nobody answers', remedy: 'Start it.' };
  const findings = judge({ regd: { ...silent, unseen: 'regd does not answer' } });
  const unchecked = ['stads', 'roots', 'workflows'];
  expect(ills(findings)).toEqual([
    'broken regd: nobody answers',
    ...unchecked.map((about) => `unchecked ${about}: not checked: regd does not answer`),
  ]);
  expect(findings.filter(({ about }) => about === 'journal')).toHaveLength(3);
});

it('says nothing of a journal that is out of sight', () => {
  const findings = judge({ state: { unseen: 'it is elsewhere' } });
  expect(ills(findings)).toEqual(['unchecked journal: not checked: it is elsewhere']);
});

it('says what to do about each thing that is not well, and only there', () => {
  const troubles = [
    ...judge({ state: state({ journal: 'missing', freeBytes: 0 }) }),
    ...judge({ regd: regd({ isServing: false, hosts: [answered({ gitVersion: '' })] }) }),
    ...judge({ regd: regd({ hosts: [] }) }),
    ...judge({ state: { unseen: 'x' } }),
  ];
  for (const { state: found, remedy } of troubles) {
    const isIll = found === 'warning' || found === 'broken';
    if (isIll) expect(remedy).toMatch(/^[A-Z]/);
    else expect(remedy).toBe('');
  }
});
