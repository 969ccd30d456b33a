// Tables without lines that fit the terminal: what is too long is wrapped, never cut off, because
// paths and ids are there to be copied.
import Table from 'cli-table3';
import type { Paint } from './terminal.ts';
import { widthOf, wrap } from './wrap.ts';

const GAP = 2;

/** A column must be able to show this much before it is wrapped, in characters. */
const COLUMN_MIN = 8;

/** As long as there is any other way, words up to the length of a UUID stay in one piece. */
const WORD_MAX = 36;

/** Rows of cells under a head. Cells may hold several lines. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { paint, columns }: { paint: Paint; columns: number },
): string {
  // The gap after the last column is trimmed away below.
  const widths = fittingWidths([head, ...rows], columns + GAP);
  const drawn = new Table({
    head: head.map((title) => paint.dim(title)),
    colWidths: widths,
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
  });
  drawn.push(...rows.map((row) => row.map((cell, at) => wrap(cell, (widths[at] ?? 0) - GAP))));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Names and values below each other, such as a form. */
export function form(
  fields: readonly (readonly [name: string, value: string])[],
  { paint }: { paint: Paint },
): string {
  const shown = fields.filter(([, value]) => value !== '');
  const width = Math.max(...shown.map(([name]) => name.length)) + GAP;
  return shown.map(([name, value]) => `${paint.dim(name.padEnd(width))}${value}`).join('\n');
}

/** The widths of all columns with their gaps, which fit together if that is possible at all. */
function fittingWidths(rows: readonly (readonly string[])[], columns: number): number[] {
  const widths = widest(rows, (cell) => cell.split('\n'));
  const words = widest(rows, (cell) => cell.split(/\s/)).map((width) =>
    Math.min(width, WORD_MAX + GAP),
  );
  shrink(widths, columns, words);
  shrink(widths, columns, []);
  return widths;
}

/** The length of the longest part of any cell in each column, and the gap. */
function widest(
  rows: readonly (readonly string[])[],
  partsOf: (cell: string) => readonly string[],
): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      const needed = Math.max(...partsOf(cell).map(widthOf)) + GAP;
      widths[at] = Math.max(widths[at] ?? 0, needed);
    }
  }
  return widths;
}

/** Narrows the widest columns until all fit, but none below what it must have at least. */
function shrink(widths: number[], columns: number, least: readonly number[]): void {
  const spare = (at: number): number => (widths[at] ?? 0) - Math.max(COLUMN_MIN, least[at] ?? 0);
  while (widths.reduce((sum, width) => sum + width, 0) > columns) {
    const shrinkable = [...widths.keys()].filter((at) => spare(at) > 0);
    if (shrinkable.length === 0) return;
    const at = shrinkable.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a));
    widths[at] = (widths[at] ?? 0) - 1;
  }
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
