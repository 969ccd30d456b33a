// Pings of all servers: begun and ended by a client, answered by whoever is there (spec/behaviour.md
// 8 and 10.5). regd and stad append their pings themselves; the calls for it are for other servers.
import { nilUlid, ulidToBytes, workflowIndexId, type Uuid } from '@permafrost/events';
import {
  GetRegistryPingsO_StatusCode as Code,
  JobControl,
  PingRegistryService,
  type BeginPingRegistryI,
  type BeginPingRegistryO,
  type CommitPingRegistryI,
  type CommitPingRegistryO,
  type GetRegistryPingsI,
  type GetRegistryPingsO,
  type GetRegistryPingsO_Status,
  type ServerPingI,
} from '@permafrost/proto';
import {
  beginPing,
  commitPing,
  isGathering,
  pingRegistry,
  workflowIndex,
  type BegunPing,
  type Ping,
  type PingRegistryCommand,
} from '@permafrost/workflow-core';
import { serviceOf, type Call, type MakeService } from '../grpc/service.ts';
import { lookOnNews } from '../news.ts';
import {
  batchVidOf,
  ownWorkflowIdOf,
  registryNameOf,
  startVidOf,
  vidOf,
} from '../wire/arguments.ts';
import type { Context } from './context.ts';
import { pingWithId } from './find-ping.ts';
import { versionConflict } from './version-conflict.ts';

export function pingRegistryService(context: Context): MakeService {
  const rpcs = new PingRegistryRpcs(context);
  return serviceOf(
    PingRegistryService,
    {
      beginPingRegistry: (request, call) => versionConflict(() => rpcs.begin(request, call)),
      serverPing: (request, call) => rpcs.tell(request, 'AppendPing', call),
      postServerPingSummary: (request, call) => rpcs.tell(request, 'PostSummary', call),
      commitPingRegistry: (request, call) => rpcs.commit(request, call),
      getRegistryPings: (request, call) => rpcs.get(request, call),
    },
    {
      subject: 'ping-registry workflow',
      refusals: {
        WORKFLOW_ID_IN_USE: 'rejected workflow ID: ID has been used before',
        WORKFLOW_ID_MALFORMED: 'malformed workflow ID',
      },
    },
  );
}

class PingRegistryRpcs {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async begin(request: BeginPingRegistryI, { origin }: Call): Promise<BeginPingRegistryO> {
    const registry = registryNameOf(request.registry);
    const registryVid = startVidOf(request.vid);
    const begun = await beginPing(this.#context.engine.onBehalfOf(origin), {
      registry,
      ...(registryVid && { registryVid }),
      workflowId: ownWorkflowIdOf(request.workflow),
    });
    return {
      registryVid: ulidToBytes(begun.registryVid),
      workflowIndexVid: ulidToBytes(begun.indexVid),
      workflowVid: ulidToBytes(begun.workflowVid),
    };
  }

  async tell(
    request: ServerPingI,
    type: Extract<PingRegistryCommand, { status: unknown }>['type'],
    { origin }: Call,
  ): Promise<{ workflowVid: Uint8Array }> {
    const id = ownWorkflowIdOf(request.workflow);
    const vid = vidOf(request.workflowVid);
    const status = { code: request.statusCode, message: request.statusMessage };
    const engine = this.#context.engine.onBehalfOf(origin);
    return { workflowVid: ulidToBytes(await engine.tell(pingRegistry, id, vid, { type, status })) };
  }

  async commit(request: CommitPingRegistryI, { origin }: Call): Promise<CommitPingRegistryO> {
    const engine = this.#context.engine.onBehalfOf(origin);
    const id = ownWorkflowIdOf(request.workflow);
    const vid = batchVidOf(request.workflowVid);
    const { registry } = await pingWithId(engine, id);
    return engine.transact(async (tx) => {
      await commitPing(tx, id, { registry, vid });
      const index = await tx.find(workflowIndex, workflowIndexId(registry));
      return {
        workflowVid: ulidToBytes((await tx.find(pingRegistry, id)).vid),
        workflowIndexVid: ulidToBytes(index.vid),
      };
    });
  }

  /** With `JC_WAIT`, answers when the pings have been summed up. */
  async get(request: GetRegistryPingsI, { signal }: Call): Promise<GetRegistryPingsO> {
    const { engine, journal } = this.#context;
    const id: Uuid = ownWorkflowIdOf(request.workflow);
    for await (const { vid, state } of lookOnNews(journal, signal, () => pingWithId(engine, id))) {
      if (request.jobControl === JobControl.JC_WAIT && isGathering(state)) continue;
      const serverPings = state.pings.map(statusOf);
      return { workflowVid: ulidToBytes(vid), summary: summaryOf(state), serverPings };
    }
    throw signal.reason;
  }
}

function summaryOf(ping: BegunPing): GetRegistryPingsO_Status {
  const { status, summary } = ping;
  if (isGathering(ping)) {
    return { statusCode: Code.SC_ACTIVE, statusMessage: status, eventId: new Uint8Array() };
  }
  // Of one that expired before anybody summed it up there is nothing to tell.
  const told = statusOf(summary ?? { code: 0, message: '', eventId: nilUlid });
  return status === 'summarized' ? { ...told, statusCode: Code.SC_SUMMARIZED } : told;
}

function statusOf({ code, message, eventId }: Ping): GetRegistryPingsO_Status {
  return { statusCode: code, statusMessage: message, eventId: ulidToBytes(eventId) };
}
