// What the Go system sent and stored, read and written again: not a byte may differ.
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as proto from './index.ts';

interface GoldenCall {
  name: string;
  method: string;
  request: string;
  responses: string[];
  events?: string[];
  details?: string;
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'testdata/golden.json'), 'utf8'),
) as GoldenCall[];

const services: ServiceDefinition[] = [
  proto.MainService,
  proto.RegistryService,
  proto.EphemeralRegistryService,
  proto.ReposService,
  proto.FreezeRepoService,
  proto.UnfreezeRepoService,
  proto.StatService,
  proto.BroadcastService,
  proto.LiveBroadcastService,
];

const methods = new Map<string, MethodDefinition<unknown, unknown>>(
  services.flatMap((service) => Object.values(service).map((method) => [method.path, method])),
);

function methodAt(path: string): MethodDefinition<unknown, unknown> {
  const method = methods.get(path);
  if (!method) throw new Error(`no method ${path}`);
  return method;
}

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const hex = (encoded: Uint8Array) => Buffer.from(encoded).toString('hex');

const rewriteEvent: Record<string, (event: Buffer) => string> = {
  '/nogfso.Registry/Events': (it) =>
    hex(proto.RegistryEvent.encode(proto.RegistryEvent.decode(it)).finish()),
  '/nogfso.Repos/Events': (it) => hex(proto.RepoEvent.encode(proto.RepoEvent.decode(it)).finish()),
  '/nogfso.EphemeralRegistry/RegistryWorkflowIndexEvents': rewriteWorkflowEvent,
  '/nogfso.EphemeralRegistry/RegistryWorkflowEvents': rewriteWorkflowEvent,
  '/nogfso.Broadcast/Events': (it) =>
    hex(proto.BroadcastEvent.encode(proto.BroadcastEvent.decode(it)).finish()),
};

function rewriteWorkflowEvent(event: Buffer): string {
  return hex(proto.WorkflowEvent.encode(proto.WorkflowEvent.decode(event)).finish());
}

describe('requests', () => {
  it.each(golden)('$method: $name', ({ method: path, request }) => {
    const method = methodAt(path);
    expect(hex(method.requestSerialize(method.requestDeserialize(bytes(request))))).toBe(request);
  });
});

describe('responses', () => {
  it.each(golden.filter((it) => it.responses.length > 0))(
    '$method: $name',
    ({ method: path, responses }) => {
      const method = methodAt(path);
      const rewrite = (response: string) =>
        hex(method.responseSerialize(method.responseDeserialize(bytes(response))));
      expect(responses.map(rewrite)).toEqual(responses);
    },
  );
});

describe('stored events', () => {
  it.each(golden.filter((it) => it.events))('$method: $name', ({ method: path, events = [] }) => {
    expect(events.map((event) => rewriteEvent[path]?.(bytes(event)))).toEqual(events);
  });
});

describe('status details', () => {
  const details = golden.flatMap((call) => call.details ?? []);

  it.each(details)('name the scope that was missing', (sent) => {
    const status = proto.RpcStatus.decode(bytes(sent));
    expect(hex(proto.RpcStatus.encode(status).finish())).toBe(sent);
    expect(status.details.map((any) => any.typeUrl)).toEqual([
      'type.googleapis.com/nogfso.AuthRequiredScope',
    ]);
    expect(status.details.map((any) => proto.AuthRequiredScope.decode(any.value))).toEqual([
      { action: 'fso/read-registry', name: 'exreg', path: '' },
    ]);
  });
});
