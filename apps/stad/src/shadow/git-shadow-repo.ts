// The shadow repo through git: creates it, records snapshots, and tells what is recorded. Calls for
// the same repo must not overlap; the caller holds the repo's lock around each.
import { existsSync } from 'node:fs';
import {
  FilesFault,
  type Author,
  type ShadowLocation,
  type ShadowRepo,
  type Snapshot,
  type TreeSize,
  type Watch,
} from '@permafrost/workflow-core';
import { bytesOfText } from '../byte-string.ts';
import { CommitWriter } from './commit-writer.ts';
import { createShadow } from './create-shadow.ts';
import { Directory, measure } from './directory.ts';
import { Git } from './git.ts';
import { parseHead, type Head } from './head.ts';
import { shadowPathsOf } from './layout.ts';
import { maintain } from './maintenance.ts';
import { Pace } from './pace.ts';
import { RecordedTree } from './recorded-tree.ts';
import { Session, STAT_BRANCH } from './session.ts';
import { removeStaleLocks } from './stale-locks.ts';
import { isoSeconds } from './stamp.ts';
import { blobId } from './stat-blob.ts';
import { StatusCollector, type StatusLine, type TopMtimes } from './status.ts';
import { Tally } from './tally.ts';
import { sizeOf, topOf, topUpdate } from './top-record.ts';
import { compareTree, type ComparisonParts, type ComparisonResult } from './tree-comparison.ts';

export type GitShadowRepoOptions = Readonly<{
  /** Absolute. Created together with the first shadow repo. */
  shadowRoot: string;
  committer?: Author;
  now?: () => Date;
  /** The program, by name or path. */
  git?: string;
}>;

export type SnapshotRequest = Readonly<{
  author: Author;
  attrs: '' | 'i';
  /** Refreshes only counts and the range of mtimes; entries stay as they were recorded. */
  mtimeRangeOnly?: boolean;
}>;

const DEFAULT_COMMITTER: Author = { name: 'stad', email: 'stad@permafrost.invalid' };

export class GitShadowRepo implements ShadowRepo {
  readonly #shadowRoot: string;
  readonly #committer: Author;
  readonly #now: () => Date;
  readonly #program: string;

  constructor(options: GitShadowRepoOptions) {
    this.#shadowRoot = options.shadowRoot;
    this.#committer = options.committer ?? DEFAULT_COMMITTER;
    this.#now = options.now ?? (() => new Date());
    this.#program = options.git ?? 'git';
  }

  /** Of the program git, such as `2.39.5`. Throws {@link FilesFault} where it cannot be run. */
  async gitVersion(signal: AbortSignal): Promise<string> {
    const git = new Git({ program: this.#program, gitDir: this.#shadowRoot, signal });
    return (await git.run(['--version'])).replace('git version ', '').trim();
  }

  async init(location: ShadowLocation, author: Author): Promise<string> {
    const { data, workTree, gitDir } = shadowPathsOf(this.#shadowRoot, location);
    Directory.open(bytesOfText(data))[Symbol.dispose]();
    if (existsSync(gitDir)) return workTree;
    await createShadow(workTree, location, {
      program: this.#program,
      stamp: { author, committer: this.#committer, time: this.#now() },
      signal: new AbortController().signal,
    });
    return workTree;
  }

  async counted(location: ShadowLocation, signal: AbortSignal): Promise<TreeSize | undefined> {
    const { gitDir } = shadowPathsOf(this.#shadowRoot, location);
    await using session = this.#session(gitDir, signal);
    return sizeOf((await session.top(STAT_BRANCH)).values);
  }

  /**
   * See the port. A missing directory is always a fault, also when the last snapshot was of a
   * thawed tree: it is far more often a disk that is not mounted than data that was deleted, and
   * recording it as empty would bury the last good record.
   */
  async snapshot(
    location: ShadowLocation,
    request: SnapshotRequest,
    watch: Watch,
  ): Promise<Snapshot> {
    const { data, gitDir } = shadowPathsOf(this.#shadowRoot, location);
    await using session = this.#session(gitDir, watch.signal);
    using top = Directory.open(bytesOfText(data));
    await removeStaleLocks(gitDir);
    const commit = (await session.head()).id;
    const recordedTop = await session.top(commit);
    const pace = new Pace(watch, undefined);
    const isRangeOnly = request.mtimeRangeOnly === true;
    const time = this.#now();
    await using writer = new CommitWriter(session.git, {
      branch: STAT_BRANCH,
      parent: commit,
      stamp: { author: request.author, committer: this.#committer, time },
      subject: `stat ${isoSeconds(time)}${isRangeOnly ? ': mtime range' : ''}`,
    });

    // A freeze or thaw always changes the top's record: git may start while the tree is compared.
    if (recordedTop.values.get('attrs') !== request.attrs) writer.start();

    const seen = isRangeOnly
      ? await measureTop(top, pace)
      : await compare(session, commit, {
          top,
          pace,
          onDifference: ({ path, now }) =>
            now === undefined ? writer.delete(path) : writer.set(path, now.mode, now.content),
        });
    const record = topUpdate(recordedTop.values, {
      top: topOf(top, { ...seen, attrs: request.attrs }),
      isForced: isRangeOnly || !writer.isEmpty,
    });
    if (record !== undefined && blobId(record) !== recordedTop.id) {
      await writer.set('.nogtree', '100644', record);
    }
    if (writer.isEmpty) return { commit, changed: false };
    const newCommit = await writer.finish();
    await maintain(session.git);
    return { commit: newCommit, changed: true };
  }

  /** What a snapshot would record. A directory that is missing shows as deleted, with all in it. */
  async status(location: ShadowLocation, watch: Watch): Promise<StatusLine[]> {
    const collector = new StatusCollector();
    const top = await this.compare(location, (difference) => collector.add(difference), watch);
    return collector.lines(top);
  }

  /** Tells each difference as it is met, and in the end what the top directory itself is like. */
  async compare(
    location: ShadowLocation,
    onDifference: ComparisonParts['onDifference'],
    watch: Watch,
  ): Promise<TopMtimes> {
    const { data, gitDir } = shadowPathsOf(this.#shadowRoot, location);
    await using session = this.#session(gitDir, watch.signal);
    using top = openIfThere(data);
    const commit = (await session.head()).id;
    const { values } = await session.top(commit);
    const pace = new Pace(watch, sizeOf(values)?.entries);
    await compare(session, commit, { top, pace, onDifference });
    return { recordedMtimeS: values.get('mtime'), mtimeS: top?.stats.mtimeS };
  }

  /** The latest snapshot. */
  async readHead(location: ShadowLocation, signal: AbortSignal): Promise<Head> {
    const { gitDir } = shadowPathsOf(this.#shadowRoot, location);
    await using session = this.#session(gitDir, signal);
    return parseHead(await session.head());
  }

  #session(gitDir: string, signal: AbortSignal): Session {
    return new Session({ program: this.#program, gitDir, signal });
  }
}

async function compare(
  session: Session,
  commit: string,
  parts: Pick<ComparisonParts, 'top' | 'pace' | 'onDifference'>,
): Promise<ComparisonResult> {
  const tracking = await session.tracking();
  await using recorded = await RecordedTree.open(session.git, commit);
  return await compareTree({ ...parts, tracking, recorded, objects: session.objects });
}

async function measureTop(top: Directory, pace: Pace): Promise<ComparisonResult> {
  const tally = new Tally();
  tally.add(top.stats);
  await measure(top, tally, pace);
  using git = top.openChild('.git');
  if (git === undefined) return { tally, gitTally: undefined };
  const gitTally = new Tally();
  gitTally.add(git.stats);
  await measure(git, gitTally, pace);
  return { tally, gitTally };
}

function openIfThere(path: string): Directory | undefined {
  try {
    return Directory.open(bytesOfText(path));
  } catch (error) {
    if (error instanceof FilesFault && error.code === 'FILES_MISSING') return undefined;
    throw error;
  }
}
