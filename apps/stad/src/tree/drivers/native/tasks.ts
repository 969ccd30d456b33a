// What the driver and its threads say to each other.
import type {
  Brought,
  Entry,
  EntryFailure,
  FlagState,
  OpenDirectory,
  Outcome,
  SweepOrder,
  Swept,
  SweptDirectory,
} from '../../attribute-driver.ts';
import type { CallingWay } from './attribute-calls.ts';

export type Task =
  | Readonly<{ do: 'read'; entries: readonly Entry[] }>
  | Readonly<{ do: 'write'; entries: readonly Entry[]; wanted: FlagState } & Held>
  | Readonly<{ do: 'bring'; entries: readonly Entry[]; wanted: FlagState }>
  | Readonly<{ do: 'open'; directories: readonly Entry[] }>
  | Readonly<{ do: 'sweep'; directories: readonly SweptDirectory[]; order: SweepOrder } & Held>
  | Readonly<{ do: 'lock'; fd: number }>;

/** The descriptor of the tree's hold, for programs to keep; undefined where there is none. */
type Held = Readonly<{ hold?: number | undefined }>;

type Answers = Readonly<{
  read: readonly Outcome[];
  write: readonly Outcome[];
  bring: readonly Brought[];
  /** Undefined for what belongs to another file system or mount. */
  open: readonly (OpenDirectory | EntryFailure | undefined)[];
  sweep: readonly Swept[];
  /** Whether it holds the lock now. */
  lock: boolean;
}>;
export type Answer<T extends Task = Task> = Answers[T['do']];

/** How the attribute is changed. It is looked at by system calls in any case. */
export type AttributeWay = CallingWay | 'by-chattr';

/** A thread's first message: it can make the calls that it needs, and `open` if it says so. */
export type Ready = Readonly<{ canOpen: boolean }>;

export type Request = Readonly<{ id: number; task: Task }>;
/** `notStarted` is the errno of a program that could not be run. */
export type Reply = Readonly<{ id: number } & ({ answer: Answer } | { notStarted: string })>;
