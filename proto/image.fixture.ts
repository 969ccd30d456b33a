// The .proto files as buf understands them, for the tests that look at the contract itself.
import { execa } from 'execa';

export interface Field {
  name: string;
  jsonName: string;
  number: number;
  /** Such as TYPE_BYTES. */
  type: string;
  /** Such as LABEL_REPEATED. */
  label: string;
  /** Full name with a leading dot, for messages and enums. */
  typeName?: string;
  proto3Optional?: boolean;
  /** Every field of a oneof has one; so have fields with explicit presence. */
  oneofIndex?: number;
}

export interface EnumType {
  name: string;
  value: { name: string; number: number }[];
}

export interface MessageType {
  name: string;
  field?: Field[];
  oneofDecl?: { name: string }[];
  nestedType?: MessageType[];
  enumType?: EnumType[];
}

export interface Service {
  name: string;
  method: { name: string; inputType: string; outputType: string; serverStreaming?: boolean }[];
}

interface ProtoFile {
  package: string;
  messageType?: MessageType[];
  enumType?: EnumType[];
  service?: Service[];
}

/** Everything by its full name, such as `nogfso.RegistryEvent.Type`. */
export interface Image {
  messages: Map<string, MessageType>;
  enums: Map<string, EnumType>;
  services: Map<string, Service>;
}

/** Runs buf in this folder. Throws, with all that buf said, if it fails. */
export async function buf(...args: string[]): Promise<string> {
  const { stdout } = await execa('buf', args, {
    cwd: import.meta.dirname,
    preferLocal: true,
  });
  return stdout;
}

export async function readImage(): Promise<Image> {
  const json = await buf('build', '--exclude-source-info', '-o', '-#format=json');
  const image: Image = { messages: new Map(), enums: new Map(), services: new Map() };
  for (const file of (JSON.parse(json) as { file: ProtoFile[] }).file) {
    addTypes(image, file.package, file.messageType, file.enumType);
    for (const it of file.service ?? []) image.services.set(`${file.package}.${it.name}`, it);
  }
  return image;
}

function addTypes(
  image: Image,
  scope: string,
  messages: readonly MessageType[] = [],
  enums: readonly EnumType[] = [],
): void {
  for (const it of enums) image.enums.set(`${scope}.${it.name}`, it);
  for (const it of messages) {
    const name = `${scope}.${it.name}`;
    image.messages.set(name, it);
    addTypes(image, name, it.nestedType, it.enumType);
  }
}
