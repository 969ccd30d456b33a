// The contract as it describes itself, for programs that know nothing of it but where it is served.
// It costs more to load than all the messages: whoever needs it imports it then.
import { readFileSync } from 'node:fs';
import { createFileRegistry, fromBinary, toBinary, type DescFile } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const DESCRIPTORS = new URL('./gen/descriptors.binpb', import.meta.url);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(DESCRIPTORS)));
type Type = NonNullable<ReturnType<typeof registry.get>>;

/** A file and all that it imports, each a google.protobuf.FileDescriptorProto before those that it imports. */
export type Files = readonly Uint8Array[];

/** By its path, such as `nogfso/registry.proto`. Undefined if there is no such file. */
export function filesByName(path: string): Files | undefined {
  return filesFrom(registry.getFile(path));
}

/** By the full name of a type, service, method or field in it. Undefined if there is no such thing. */
export function filesBySymbol(symbol: string): Files | undefined {
  return filesFrom((registry.get(symbol) ?? ownerOf(symbol))?.file);
}

/** Whether there is a message with this full name. */
export function isMessage(name: string): boolean {
  return registry.getMessage(name) !== undefined;
}

function ownerOf(member: string): Type | undefined {
  const dot = member.lastIndexOf('.');
  const owner = registry.get(member.slice(0, Math.max(dot, 0)));
  return owner && memberNames(owner).includes(member.slice(dot + 1)) ? owner : undefined;
}

function memberNames(type: Type): readonly string[] {
  switch (type.kind) {
    case 'message':
      return [...type.fields, ...type.oneofs].map(({ name }) => name);
    case 'service':
      return type.methods.map(({ name }) => name);
    case 'enum':
    case 'extension':
      return [];
  }
}

function filesFrom(file: DescFile | undefined): Files | undefined {
  if (!file) return undefined;
  const files = new Set([file]);
  for (const { dependencies } of files) {
    for (const imported of dependencies) {
      // To the end, which the loop has yet to reach.
      files.delete(imported);
      files.add(imported);
    }
  }
  return Array.from(files, ({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
}
