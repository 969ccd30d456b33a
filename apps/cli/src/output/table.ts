// Tables without lines that fit the terminal: what is too long is wrapped, never cut off, because
// paths and ids are there to be copied.
import Table from 'cli-table3';
import type { Paint } from './terminal.ts';
import { widthOf, wrap } from './wrap.ts';

const GAP = 2;

/** A column must be able to show this much before it is wrapped, in characters. */
const COLUMN_MIN = 8;

/** Rows of cells under a head. Cells may hold several lines. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { paint, columns }: { paint: Paint; columns: number },
): string {
  const widths = fittingWidths([head, ...rows], columns);
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

/** The widths of all columns with their gaps. The widest gives way first. */
export function fittingWidths(rows: readonly (readonly string[])[], columns: number): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      const needed = Math.max(...cell.split('\n').map(widthOf)) + GAP;
      widths[at] = Math.max(widths[at] ?? 0, needed);
    }
  }
  for (;;) {
    const excess = widths.reduce((sum, width) => sum + width, 0) - columns;
    const widest = Math.max(...widths);
    if (excess <= 0 || widest <= COLUMN_MIN) return widths;
    const at = widths.indexOf(widest);
    const second = Math.max(COLUMN_MIN, ...widths.filter((_, other) => other !== at));
    widths[at] = Math.max(COLUMN_MIN, widest - excess, Math.min(second, widest - 1));
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
