// The smallest aggregate that can refuse, repeat itself, and count: for tests of the engine.
import { ulidFromBytes, ulidToBytes, type Ulid } from '../ids/ulid.ts';
import type { StreamKind } from '../journal/journal.ts';
import { EventDecodeError, type Codec } from '../streams/codec.ts';
import type { Aggregate } from './aggregate.ts';
import { accept, refuse, type Decision } from './decision.ts';

export type CounterEvent = Readonly<{ type: 'Added'; n: number }>;
export type CounterCommand = Readonly<
  | { type: 'Add'; n: number }
  /** Adds what is missing to reach `n`: a command that may be repeated. */
  | { type: 'Reach'; n: number }
>;
export type CounterRefusal = 'COUNTER_NEGATIVE';

export type Counter = Aggregate<number, CounterCommand, CounterEvent, CounterRefusal>;

/** A counter, and how many events it has folded. */
export function counterOf(kind: StreamKind): Counter & { folded: number } {
  const counter = {
    folded: 0,
    codec: codecOf(kind),
    initial: 0,
    decide: (state: number, command: CounterCommand): Decision<CounterEvent, CounterRefusal> => {
      const n = command.type === 'Add' ? command.n : command.n - state;
      if (state + n < 0) return refuse('COUNTER_NEGATIVE');
      return n === 0 ? accept() : accept({ type: 'Added', n });
    },
    evolve: (state: number, { n }: CounterEvent) => {
      counter.folded++;
      return state + n;
    },
  };
  return counter;
}

function codecOf(kind: StreamKind): Codec<CounterEvent> {
  return {
    kind,
    encode: ({ n }, { id, parent }) =>
      Uint8Array.of(...ulidToBytes(id), ...ulidToBytes(parent), n & 255),
    decode: (bytes) => {
      if (bytes.length !== 33) throw new EventDecodeError(kind, 'not 33 bytes');
      const [id, parent] = [bytes.subarray(0, 16), bytes.subarray(16, 32)].map(ulidFromBytes) as [
        Ulid,
        Ulid,
      ];
      return {
        event: { type: 'Added', n: ((bytes[32] ?? 0) << 24) >> 24 },
        header: { id, parent },
      };
    },
  };
}
