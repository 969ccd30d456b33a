// Transition tables as they are written on paper, so that a test's reader sees the table.
import type { Decision } from '@permafrost/events';

export type MatrixCell = Readonly<{ row: string; column: string; cell: string }>;

/**
 * Reads a table: a line of columns, then a line for each row, with `|` between the cells. Lines that
 * begin with `#` are notes. Throws when a row does not have a cell for each column.
 */
export function matrix(text: string): readonly MatrixCell[] {
  const lines = text.split('\n').map((line) => line.trim());
  const [head, ...rows] = lines.filter((line) => line !== '' && !line.startsWith('#')).map(cellsOf);
  const columns = head?.slice(1) ?? [];
  return rows.flatMap(([row = '', ...cells]) => {
    if (cells.length !== columns.length) throw new Error(`row '${row}' has ${cells.length} cells`);
    return columns.map((column, i) => ({ row, column, cell: cells[i] ?? '' }));
  });
}

function cellsOf(line: string): string[] {
  return line.split('|').map((cell) => cell.trim());
}

/** A decision as a cell shows it: the types of the events, `-` for none, or the refusal. */
export function outcomeOf(
  decision: Decision<Readonly<{ type: string }>, string>,
  short: Readonly<Record<string, string>> = {},
): string {
  const words = decision.accepted ? decision.events.map(({ type }) => type) : [decision.refusal];
  return words.map((word) => short[word] ?? word).join(' ') || '-';
}
