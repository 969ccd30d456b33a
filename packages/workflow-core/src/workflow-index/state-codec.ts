// How an index is saved: its active workflows and its pings as JSON, the completed workflows as they
// are packed.
//
//     length of the JSON | JSON | packed entries
import type { StateCodec } from '@permafrost/events';
import { Map as PersistentMap } from 'immutable';
import { CompletedWorkflows } from './completed-workflows.ts';
import type { WorkflowIndex } from './index-state.ts';
import type { Indexed } from './indexed.ts';
import { PackedEntries } from './packed-entries.ts';
import type { IndexedPing } from './pings.ts';

type Head = Pick<WorkflowIndex, 'eventsSinceSnapshot'> & {
  active: readonly Indexed[];
  pings: readonly IndexedPing[];
};

const LENGTH_BYTES = 4;

export const indexStateCodec: StateCodec<WorkflowIndex> = {
  format: '2',

  encode({ active, completed, pings, eventsSinceSnapshot }) {
    const lists = { active: [...active.values()], pings: [...pings.values()] };
    const value: Head = { eventsSinceSnapshot, ...lists };
    const head = new TextEncoder().encode(JSON.stringify(value));
    const packed = completed.pack().bytes;
    const bytes = new Uint8Array(LENGTH_BYTES + head.length + packed.length);
    new DataView(bytes.buffer).setUint32(0, head.length);
    bytes.set(head, LENGTH_BYTES);
    bytes.set(packed, LENGTH_BYTES + head.length);
    return bytes;
  },

  decode(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const packedAt = LENGTH_BYTES + view.getUint32(0);
    const json = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, packedAt));
    const { active, pings, eventsSinceSnapshot } = JSON.parse(json) as Head;
    return {
      active: PersistentMap(active.map((entry) => [entry.workflowId, entry])),
      pings: PersistentMap(pings.map((entry) => [entry.workflowId, entry])),
      completed: CompletedWorkflows.of(new PackedEntries(bytes.subarray(packedAt))),
      eventsSinceSnapshot,
    };
  },
};
