// Completed workflows, packed in one array of bytes and sorted by id. An index may hold a hundred
// thousand of them, of which hardly any is looked at: as bytes they take a fifth of the memory, are
// saved as they are, and are there without any reading when a daemon starts.
//
//     count | id, started, completed and index event, direction, start and length of the path | … | paths
import {
  nilUlid,
  ulidAt,
  ulidToBytes,
  uuidFromBytes,
  uuidToBytes,
  type Ulid,
  type Uuid,
} from '@permafrost/events';
import type { CompletedEntry } from './indexed.ts';
import type { Listing } from './listing.ts';

const COUNT_BYTES = 4;
const ID_BYTES = 16;
const STARTED_AT = ID_BYTES;
const COMPLETED_AT = 2 * ID_BYTES;
const INDEX_EVENT_AT = 3 * ID_BYTES;
const DIRECTION_AT = 4 * ID_BYTES;
const PATH_START_AT = DIRECTION_AT + 1;
const PATH_LENGTH_AT = PATH_START_AT + 4;
const RECORD_BYTES = PATH_LENGTH_AT + 4;

const DIRECTIONS = ['freeze', 'unfreeze'] as const;

const utf8 = new TextEncoder();
const text = new TextDecoder();

export class PackedEntries {
  static readonly empty: PackedEntries = new PackedEntries(new Uint8Array(COUNT_BYTES));

  /** As they are saved. Not to be changed. */
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly #view: DataView;
  readonly #pathsAt: number;
  #byStart: Uint32Array | undefined;

  /** Throws a RangeError for bytes that are cut short. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = viewOf(bytes);
    this.size = this.#view.getUint32(0);
    this.#pathsAt = COUNT_BYTES + this.size * RECORD_BYTES;
    if (bytes.length !== this.#end()) throw new RangeError('packed entries are cut short');
  }

  has(id: Uuid): boolean {
    return this.#find(id) !== undefined;
  }

  get(id: Uuid): CompletedEntry | undefined {
    const record = this.#find(id);
    return record === undefined ? undefined : this.#entryAt(record);
  }

  *values(): Generator<CompletedEntry> {
    for (let i = 0; i < this.size; i++) yield this.#entryAt(recordAt(i));
  }

  /** Those that a listing wants, in its order. Unpacks only what is asked for. */
  *listed({ after, newestFirst = false, globalPath }: Listing): Generator<CompletedEntry> {
    const order = (this.#byStart ??= this.#recordsByStart());
    const [from, step] = newestFirst
      ? [this.#countBefore(order, after) - 1, -1]
      : [this.#countUpTo(order, after), 1];
    const path = globalPath === undefined ? undefined : utf8.encode(globalPath);
    for (let i = from; i >= 0 && i < order.length; i += step) {
      const record = order[i] ?? 0;
      if (!path || isSame(path, this.#pathOf(record))) yield this.#entryAt(record);
    }
  }

  /** The entries after some were added, replaced, or, where undefined, removed. */
  with(changes: Iterable<readonly [Uuid, CompletedEntry | undefined]>): PackedEntries {
    const sorted = [...changes].sort(([a], [b]) => (a < b ? -1 : 1));
    const packer = new Packer(this.size + sorted.length);
    let i = 0;
    for (const [id, entry] of sorted) {
      const key = uuidToBytes(id);
      for (; i < this.size && this.#compare(recordAt(i), key) < 0; i++) this.#copy(i, packer);
      if (i < this.size && this.#compare(recordAt(i), key) === 0) i++;
      if (entry) packer.add(entry);
    }
    for (; i < this.size; i++) this.#copy(i, packer);
    return new PackedEntries(packer.bytes());
  }

  #end(): number {
    if (this.size === 0) return this.#pathsAt;
    // Of the last record, which may not be there: reading past the end is a RangeError as well.
    const last = recordAt(this.size - 1);
    const start = this.#view.getUint32(last + PATH_START_AT);
    return this.#pathsAt + start + this.#view.getUint32(last + PATH_LENGTH_AT);
  }

  #find(id: Uuid): number | undefined {
    const key = uuidToBytes(id);
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(recordAt(middle), key);
      if (order === 0) return recordAt(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  #compare(place: number, key: Uint8Array): number {
    for (let i = 0; i < ID_BYTES; i++) {
      const order = (this.bytes[place + i] ?? 0) - (key[i] ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  }

  #recordsByStart(): Uint32Array {
    const at = (record: number, word: number): number =>
      this.#view.getUint32(record + STARTED_AT + 4 * word);
    return Uint32Array.from({ length: this.size }, (_, i) => recordAt(i)).sort((a, b) => {
      let word = 0;
      while (word < 3 && at(a, word) === at(b, word)) word++;
      return at(a, word) - at(b, word);
    });
  }

  /** How many of the records, in the order of their starts, were started before `end`; all without it. */
  #countBefore(order: Uint32Array, end: Ulid | undefined): number {
    return end === undefined ? order.length : this.#countWhile(order, end, (o) => o < 0);
  }

  /** How many were started before `start`, or are that one; none without it. */
  #countUpTo(order: Uint32Array, start: Ulid | undefined): number {
    return start === undefined ? 0 : this.#countWhile(order, start, (o) => o <= 0);
  }

  #countWhile(order: Uint32Array, id: Ulid, counts: (order: number) => boolean): number {
    const key = ulidToBytes(id);
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (counts(this.#compare((order[middle] ?? 0) + STARTED_AT, key))) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #copy(index: number, packer: Packer): void {
    const record = recordAt(index);
    packer.addPacked(this.bytes.subarray(record, record + RECORD_BYTES), this.#pathOf(record));
  }

  #pathOf(record: number): Uint8Array {
    const start = this.#pathsAt + this.#view.getUint32(record + PATH_START_AT);
    return this.bytes.subarray(start, start + this.#view.getUint32(record + PATH_LENGTH_AT));
  }

  #entryAt(record: number): CompletedEntry {
    const { bytes } = this;
    const indexEventId = ulidAt(bytes, record + INDEX_EVENT_AT);
    return {
      direction: DIRECTIONS[bytes[record + DIRECTION_AT] === 0 ? 0 : 1],
      workflowId: uuidFromBytes(bytes.subarray(record, record + ID_BYTES)),
      startedEventId: ulidAt(bytes, record + STARTED_AT),
      completedEventId: ulidAt(bytes, record + COMPLETED_AT),
      globalPath: text.decode(this.#pathOf(record)),
      ...(indexEventId !== nilUlid && { indexEventId }),
    };
  }
}

/** Puts entries together, which must come in the order of their ids. */
class Packer {
  readonly #records: Uint8Array;
  readonly #view: DataView;
  readonly #paths: Uint8Array[] = [];
  #count = 0;
  #pathBytes = 0;

  constructor(entriesMax: number) {
    this.#records = new Uint8Array(recordAt(entriesMax));
    this.#view = viewOf(this.#records);
  }

  add(entry: CompletedEntry): void {
    const record = new Uint8Array(RECORD_BYTES);
    record.set(uuidToBytes(entry.workflowId));
    record.set(ulidToBytes(entry.startedEventId), STARTED_AT);
    record.set(ulidToBytes(entry.completedEventId), COMPLETED_AT);
    record.set(ulidToBytes(entry.indexEventId ?? nilUlid), INDEX_EVENT_AT);
    record[DIRECTION_AT] = DIRECTIONS.indexOf(entry.direction);
    this.addPacked(record, utf8.encode(entry.globalPath));
  }

  addPacked(record: Uint8Array, path: Uint8Array): void {
    const at = recordAt(this.#count++);
    this.#records.set(record, at);
    this.#view.setUint32(at + PATH_START_AT, this.#pathBytes);
    this.#view.setUint32(at + PATH_LENGTH_AT, path.length);
    this.#paths.push(path);
    this.#pathBytes += path.length;
  }

  bytes(): Uint8Array {
    this.#view.setUint32(0, this.#count);
    let at = recordAt(this.#count);
    const bytes = new Uint8Array(at + this.#pathBytes);
    bytes.set(this.#records.subarray(0, at));
    for (const path of this.#paths) {
      bytes.set(path, at);
      at += path.length;
    }
    return bytes;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function recordAt(index: number): number {
  return COUNT_BYTES + index * RECORD_BYTES;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
