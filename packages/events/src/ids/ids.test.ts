import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { MalformedIdError } from './malformed-id-error.ts';
import { broadcastId, isRegistryName, mainId, registryId, workflowIndexId } from './names.ts';
import {
  nilUlid,
  NoVC,
  parseUlid,
  RetryNoVC,
  ulidFromBytes,
  ulidSource,
  ulidTimeMs,
  ulidToBytes,
  type Ulid,
} from './ulid.ts';
import { nilUuid, parseUuid, randomUuid, uuidFromBytes, uuidToBytes } from './uuid.ts';

const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
const otherSize = fc.uint8Array({ maxLength: 40 }).filter(({ length }) => length !== 16);

describe('ULIDs', () => {
  test('any 16 bytes are one, and come back as they were', () => {
    fc.assert(
      fc.property(sixteen, (bytes) => {
        const id = ulidFromBytes(bytes);
        expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
        expect(ulidToBytes(id)).toEqual(bytes);
        expect(parseUlid(id.toLowerCase())).toBe(id);
      }),
    );
  });

  test('other sizes are none', () => {
    fc.assert(
      fc.property(otherSize, (bytes) => {
        expect(() => ulidFromBytes(bytes)).toThrow('ulid: bad data size when unmarshaling');
      }),
    );
  });

  it.each([
    '',
    '8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    '01ARZ3NDEKTSV4RRFFQ69G5FAI',
    '0'.repeat(25),
    '0'.repeat(27),
  ])('refuses the text %j', (text) => {
    expect(() => parseUlid(text)).toThrow(MalformedIdError);
  });

  test('the order of texts is the order of bytes', () => {
    fc.assert(
      fc.property(sixteen, sixteen, (a, b) => {
        const order = Math.sign(Buffer.compare(a, b));
        const [x, y] = [ulidFromBytes(a), ulidFromBytes(b)];
        expect(x < y ? -1 : Number(x > y)).toBe(order);
      }),
    );
  });

  test('the first 6 bytes are milliseconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 48 - 1 }),
        fc.double({ min: 0, max: 0.999 }),
        (ms, random) => {
          const id = ulidSource(
            () => ms,
            () => random,
          )();
          expect(ulidTimeMs(id)).toBe(ms);
          expect(Buffer.from(ulidToBytes(id)).readUIntBE(0, 6)).toBe(ms);
        },
      ),
    );
    expect(ulidTimeMs('7ZZZZZZZZZZZZZZZZZZZZZZZZZ' as Ulid)).toBe(2 ** 48 - 1);
  });

  test('a source never goes back, whatever the clock does', () => {
    const times = [5000, 5000, 4000, 5001, 1];
    const next = ulidSource(() => times.shift() ?? 1);
    const ids = Array.from({ length: 6 }, next);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.map(ulidTimeMs)).toEqual([5000, 5000, 5000, 5001, 5001, 5001]);
  });

  test('the sentinels are the bytes of the wire', () => {
    const last = (id: Ulid): number | undefined => ulidToBytes(id).at(-1);
    expect([nilUlid, NoVC, RetryNoVC].map(last)).toEqual([0, 1, 2]);
    for (const id of [nilUlid, NoVC, RetryNoVC]) {
      expect(
        ulidToBytes(id)
          .subarray(0, 15)
          .every((byte) => byte === 0),
      ).toBe(true);
      expect(parseUlid(id)).toBe(id);
    }
  });
});

describe('UUIDs', () => {
  test('any 16 bytes are one, and come back as they were, also from within a larger buffer', () => {
    fc.assert(
      fc.property(sixteen, (bytes) => {
        const within = new Uint8Array([9, ...bytes, 9]).subarray(1, 17);
        expect(uuidToBytes(uuidFromBytes(within))).toEqual(bytes);
      }),
    );
  });

  test('other sizes are none', () => {
    fc.assert(
      fc.property(otherSize, (bytes) => {
        expect(() => uuidFromBytes(bytes)).toThrow('invalid data size');
      }),
    );
  });

  test('texts are read in either case and kept in lower case', () => {
    const id = randomUuid();
    expect(parseUuid(id.toUpperCase())).toBe(id);
    expect(parseUuid('00000000-0000-0000-0000-000000000000')).toBe(nilUuid);
    expect(() => parseUuid('exreg')).toThrow(MalformedIdError);
    expect(() => parseUuid(`{${id}}`)).toThrow(MalformedIdError);
  });
});

describe('ids of names', () => {
  test('are those of the wire format', () => {
    expect(mainId).toBe('7e6abfc7-eb28-5e30-8136-f9be7b77cf57');
    expect(broadcastId).toBe('9a9be7d2-ec34-5966-bcc3-4e5b280c831f');
    expect(registryId('exreg')).toBe('a85e477e-e5d3-5d2d-b4a8-ec32cfe3254f');
    expect(workflowIndexId('exreg')).toBe('583eef08-a9a7-5314-b743-ac1966d240b3');
  });

  it.each(['a', 'exreg', 'a-b.c9', 'a--b', 'x.y.z'])('%j can name a registry', (name) => {
    expect(isRegistryName(name)).toBe(true);
  });

  it.each(['', 'A', '9a', 'a-', '-a', 'a.', '.a', 'a..b', 'a_b', 'a/b', 'ä', 'a\n'])(
    '%j cannot',
    (name) => {
      expect(isRegistryName(name)).toBe(false);
    },
  );
});
