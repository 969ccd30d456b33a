// Whatever a message holds, it holds after a trip over the wire. The values are made from the
// declarations, so a new field is covered as soon as it is declared.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readImage, type Field, type MessageType } from './image.fixture.ts';
import * as proto from './index.ts';

interface Codec {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

const image = await readImage();

/** The generated codec of a message, found by its full name. */
function codecOf(name: string): Codec {
  const { reflection, reflectionAlpha, ...others } = proto;
  const { check, examination, operator, inquiries, origin, plan, ...flat } = others;
  const [, local] = /^permafrost\..*v1\.(.*)$/.exec(name) ?? [];
  const [, version, reflected] = /^grpc\.reflection\.(v1|v1alpha)\.(.*)$/.exec(name) ?? [];
  if (reflected !== undefined)
    return codecIn(version === 'v1' ? reflection : reflectionAlpha, reflected, name);
  const scope: object =
    local === undefined
      ? flat
      : { ...operator, ...inquiries, ...check, ...examination, ...plan, ...origin };
  const own = LOCAL_NAMES[name] ?? local ?? name.replace(/^(nogfso|grpc\.health\.v1)\./, '');
  return codecIn(scope, own, name);
}

function codecIn(scope: object, own: string, name: string): Codec {
  const key = own.replaceAll('.', '_');
  const codec = Object.entries(scope).find(([each]) => each === key)?.[1] as Codec | undefined;
  if (!codec) throw new Error(`${name} is not exported`);
  return codec;
}

const LOCAL_NAMES: Record<string, string> = {
  'google.protobuf.Any': 'Any',
  'google.rpc.Status': 'RpcStatus',
  'nogev.fsomain.Event': 'MainEvent',
};

// A message may contain others, though never itself, neither here nor in the wire specification.
function messageValues({ field = [], oneofDecl = [] }: MessageType): fc.Arbitrary<object> {
  const single = field.filter((it) => it.oneofIndex === undefined || it.proto3Optional);
  const fields = fc.record(Object.fromEntries(single.map((it) => [it.jsonName, fieldValues(it)])));
  const oneofs = oneofDecl.flatMap(({ name }, index) => {
    const cases = field.filter((it) => it.oneofIndex === index && !it.proto3Optional);
    return cases.length === 0 ? [] : [[camelCase(name), oneofValues(cases)] as const];
  });
  return fc
    .tuple(fields, fc.record(Object.fromEntries(oneofs)))
    .map(([single, union]) => ({ ...single, ...union }));
}

/** Only fields have the name of their JSON in the declarations. */
function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function oneofValues(cases: readonly Field[]): fc.Arbitrary<unknown> {
  const one = cases.map((it) => singleValues(it).map((value) => ({ $case: it.jsonName, value })));
  return fc.option(fc.oneof(...one), { nil: undefined });
}

function fieldValues(field: Field): fc.Arbitrary<unknown> {
  if (field.label === 'LABEL_REPEATED') return fc.array(singleValues(field), { maxLength: 3 });
  const mayBeAbsent = field.proto3Optional === true || field.type === 'TYPE_MESSAGE';
  return mayBeAbsent ? fc.option(singleValues(field), { nil: undefined }) : singleValues(field);
}

function singleValues({ name, type, typeName = '' }: Field): fc.Arbitrary<unknown> {
  switch (type) {
    case 'TYPE_BOOL':
      return fc.boolean();
    case 'TYPE_BYTES':
      return fc.uint8Array({ maxLength: 20 });
    case 'TYPE_STRING':
      return fc.string({ unit: 'grapheme', maxLength: 20 });
    case 'TYPE_INT32':
      return fc.integer();
    case 'TYPE_UINT32':
      return fc.nat();
    case 'TYPE_INT64':
      return fc.maxSafeInteger();
    case 'TYPE_UINT64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    case 'TYPE_DOUBLE':
      return fc.double({ noNaN: true });
    case 'TYPE_ENUM':
      return fc.constantFrom(...enumNumbers(typeName.slice(1)));
    case 'TYPE_MESSAGE':
      return messageValues(messageType(typeName.slice(1)));
    default:
      throw new Error(`no values for ${type} of ${name}`);
  }
}

function enumNumbers(name: string): number[] {
  return (image.enums.get(name)?.value ?? []).map((it) => it.number);
}

function messageType(name: string): MessageType {
  const message = image.messages.get(name);
  if (!message) throw new Error(`no message ${name}`);
  return message;
}

function survivesTheWire(codec: Codec, message: unknown): void {
  expect(codec.decode(codec.encode(message).finish())).toEqual(message);
}

describe('messages', () => {
  it.each([...image.messages.keys()])('%s comes back as it was', (name) => {
    const codec = codecOf(name);
    fc.assert(
      fc.property(messageValues(messageType(name)), (it) => survivesTheWire(codec, it)),
      { numRuns: 20 },
    );
  });
});

const eventMessages = [
  'nogev.fsomain.Event',
  'nogfso.BroadcastEvent',
  'nogfso.RegistryEvent',
  'nogfso.RepoEvent',
  'nogfso.WorkflowEvent',
];

describe.each(eventMessages)('%s', (name) => {
  const codec = codecOf(name);
  const values = messageValues(messageType(name));

  it.each(image.enums.get(`${name}.Type`)?.value ?? [])('$name comes back', ({ number }) => {
    fc.assert(
      fc.property(values, (it) => survivesTheWire(codec, { ...it, event: number })),
      { numRuns: 20 },
    );
  });

  it('keeps the number of a type that it does not know', () => {
    expect(enumNumbers(`${name}.Type`)).not.toContain(9999);
    fc.assert(
      fc.property(values, (it) => survivesTheWire(codec, { ...it, event: 9999 })),
      { numRuns: 5 },
    );
  });
});
