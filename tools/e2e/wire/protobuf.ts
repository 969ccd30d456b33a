// A small reader and writer of protobuf, for a client that knows no more than the numbers of the wire
// specification: so that a slip in our own declarations cannot hide behind the same slip here.

/** By number: what stands in a field, as often as it stands there. Numbers are varints. */
export type Fields = ReadonlyMap<number, readonly (Buffer | number)[]>;

type Value = string | number | boolean | Uint8Array;

/** A message from its fields by number; undefined is left out. */
export function message(fields: Readonly<Record<number, Value | undefined>>): Buffer {
  const parts = Object.entries(fields).flatMap(([number, value]) =>
    value === undefined ? [] : [field(Number(number), value)],
  );
  return Buffer.concat(parts);
}

function field(number: number, value: Value): Buffer {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return Buffer.concat([varint(number << 3), varint(Number(value))]);
  }
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/** Throws for anything but varints and bytes: the messages of the API have nothing else. */
export function parse(bytes: Buffer): Fields {
  const fields = new Map<number, (Buffer | number)[]>();
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut short');
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = next();
    const [number, kind] = [Math.floor(key / 8), key % 8];
    if (kind !== 0 && kind !== 2) throw new Error(`field ${number} is of kind ${kind}`);
    let value: Buffer | number = next();
    if (kind === 2) {
      const end = at + value;
      value = bytes.subarray(at, end);
      at = end;
    }
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}

export function bytesOf(fields: Fields, number: number): Buffer {
  const value = fields.get(number)?.[0];
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

export function textOf(fields: Fields, number: number): string {
  return bytesOf(fields, number).toString();
}

/** An absent number is 0. */
export function numberOf(fields: Fields, number: number): number {
  const value = fields.get(number)?.[0];
  return typeof value === 'number' ? value : 0;
}

/** The messages in a repeated field. */
export function listOf(fields: Fields, number: number): readonly Fields[] {
  return (fields.get(number) ?? []).filter((value) => Buffer.isBuffer(value)).map(parse);
}
