// How an index is saved: its active workflows as JSON, the completed ones as they are packed.
//
//     length of the JSON | JSON | packed entries
import type { StateCodec } from '@permafrost/events';
import { Map as PersistentMap } from 'immutable';
import { CompletedWorkflows } from './completed-workflows.ts';
import type { Indexed } from './indexed.ts';
import { PackedEntries } from './packed-entries.ts';
import type { WorkflowIndex } from './workflow-index.ts';

type Head = Pick<WorkflowIndex, 'eventsSinceSnapshot'> & { active: readonly Indexed[] };

const LENGTH_BYTES = 4;

export const indexStateCodec: StateCodec<WorkflowIndex> = {
  format: '1',

  encode({ active, completed, eventsSinceSnapshot }) {
    const value: Head = { eventsSinceSnapshot, active: [...active.values()] };
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
    const { active, eventsSinceSnapshot } = JSON.parse(json) as Head;
    return {
      active: PersistentMap(active.map((entry) => [entry.workflowId, entry])),
      completed: CompletedWorkflows.of(new PackedEntries(bytes.subarray(packedAt))),
      eventsSinceSnapshot,
    };
  },
};
