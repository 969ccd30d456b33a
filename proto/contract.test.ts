// The .proto files against what must not change: the numbers and names of the wire specification,
// and the generated code that is kept beside them.
import { execa } from 'execa';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buf, readImage, type Field, type Image } from './image.fixture.ts';

interface WireTable {
  messages: Record<string, string[]>;
  enums: Record<string, string[]>;
  rpcs: string[];
}

const here = import.meta.dirname;
let image: Image;
let table: WireTable;

beforeAll(async () => {
  image = await readImage();
  table = JSON.parse(await readFile(join(here, 'testdata/wire-table.json'), 'utf8')) as WireTable;
});

const isLegacy = (name: string) => name.startsWith('nogfso.') || name.startsWith('nogev.');
const lastName = (name: string) => name.slice(name.lastIndexOf('.') + 1);

/** The table has fields as `NUMBER NAME TYPE`. */
const lastWord = (line: string) => line.slice(line.lastIndexOf(' ') + 1);
const withoutType = (line: string) => line.slice(0, line.lastIndexOf(' ') + 1);

function typeOf(field: Field): string {
  const scalar = field.type.replace('TYPE_', '').toLowerCase();
  const repeated = field.label === 'LABEL_REPEATED' ? 'repeated ' : '';
  return repeated + (field.typeName ? lastName(field.typeName) : scalar);
}

/** Sub-messages that this package passes through as bytes, which are the same on the wire. */
const OPAQUE = new Set([
  'FsoArchiveRepoInfo',
  'FsoGitToNogInfo',
  'FsoPathFlag',
  'FsoRepoNaming',
  'FsoShadowBackupRepoInfo',
  'FsoSplitRootDecision',
  'FsoSplitRootParams',
  'FsoSplitRootSuggestion',
  'PathDiskUsage',
  'TarttTarInfo',
]);

/** Fields that this system has added, which others skip when they read. */
const OWN_FIELDS_FROM = 1000;

describe('wire table', () => {
  it('has the same messages and fields', () => {
    const expected = Object.entries(table.messages).map(([name, fields]) => [
      name,
      fields.map((field) => (OPAQUE.has(lastWord(field)) ? withoutType(field) + 'bytes' : field)),
    ]);
    const actual = [...image.messages]
      .filter(([name]) => isLegacy(name))
      .map(([name, { field = [] }]) => [
        name,
        field
          .filter(({ number }) => number < OWN_FIELDS_FROM)
          .map((it) => `${it.number} ${it.name} ${typeOf(it)}`),
      ]);
    expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected));
  });

  it('has the same enums', () => {
    const actual = [...image.enums]
      .filter(([name]) => isLegacy(name))
      .map(([name, { value }]) => [name, value.map((it) => `${it.number} ${it.name}`)]);
    expect(Object.fromEntries(actual)).toEqual(table.enums);
  });

  it('has the same methods', () => {
    const actual = [...image.services]
      .filter(([name]) => isLegacy(name))
      .flatMap(([service, { method }]) =>
        method.map((it) => {
          const stream = it.serverStreaming ? 'stream ' : '';
          const [input, output] = [lastName(it.inputType), lastName(it.outputType)];
          return `/${service}/${it.name} ${input} ${stream}${output}`;
        }),
      );
    expect(actual.toSorted()).toEqual(table.rpcs);
  });
});

describe('presence', () => {
  it('is explicit for every version and place that a request names', () => {
    const implicit = [...image.messages]
      .filter(([name]) => name.startsWith('nogfso.') && name.endsWith('I'))
      .flatMap(([name, { field = [] }]) =>
        field
          .filter(
            (it) =>
              /(^|_)vid$|^after$/.test(it.name) ||
              `${name}.${it.name}` === 'nogfso.InitRepoI.repo_id',
          )
          .filter((it) => !it.proto3Optional)
          .map((it) => `${name}.${it.name}`),
      );
    expect(implicit).toEqual([]);
  });

  it('is explicit for sub-messages kept as bytes, since an empty one is not none', () => {
    const implicit = Object.entries(table.messages).flatMap(([name, fields]) =>
      fields
        .filter((field) => OPAQUE.has(lastWord(field)))
        .map((field) =>
          image.messages.get(name)?.field?.find((it) => field.startsWith(`${it.number} `)),
        )
        .filter((field) => !field?.proto3Optional),
    );
    expect(implicit).toEqual([]);
  });
});

describe('declarations', () => {
  it('pass the linter and are formatted', async () => {
    await expect(buf('lint')).resolves.toBe('');
    await expect(buf('format', '--diff', '--exit-code')).resolves.toBe('');
  });
});

describe('generated code', () => {
  it('is what the declarations give', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'permafrost-proto-'));
    try {
      await buf('generate', '--output', dir);
      const descriptors = join(dir, 'gen/descriptors.binpb');
      await buf('build', '--exclude-source-info', '--as-file-descriptor-set', '-o', descriptors);
      expect(await readTree(join(here, 'gen'))).toEqual(await readTree(join(dir, 'gen')));
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('runs in Node as it is, which only strips the types', async () => {
    await expect(execa(process.execPath, [join(here, 'index.ts')])).resolves.toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });
});

async function readTree(dir: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path.slice(dir.length)] = await readFile(path, 'utf8');
  }
  return files;
}
