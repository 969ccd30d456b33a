// The two lines that are drawn while somebody watches: how far the work is, and where. What does not
// fit beside each other is left out, the least telling first.
import { countWords, paceWords, type Figures } from '../view/figures.ts';
import { count } from '../view/quantities.ts';
import type { Step } from '../view/workflow.ts';
import { printable } from './printable.ts';
import { endOf, widthOf } from './wrap.ts';

const GAP = '  ';
const BAR_MIN = 10;
export const BAR_MAX = 20;

/** Draws which part of the work is done, from 0 to 1, so many characters long. */
export type DrawBar = (part: number, size: number) => string;

/** Without a total there is no bar. */
export function stepLine({ phase, figures }: Step, columns: number, bar: DrawBar): string {
  const parts = [printable(phase)];
  if (!figures) return parts.join(GAP);
  parts.push(shortCount(figures));
  const { done, total = 0 } = figures;
  const forBar = total > 0 ? GAP.length + BAR_MIN : 0;
  const roomBeside = (more: readonly string[]): number =>
    columns - widthOf([...parts, ...more].join(GAP));
  for (const words of paceWords(figures)) if (roomBeside([words]) >= forBar) parts.push(words);
  const size = Math.min(BAR_MAX, roomBeside(['']));
  if (total > 0 && size >= BAR_MIN) parts.splice(1, 0, bar(done / total, size));
  return parts.join(GAP);
}

/** The end of a path tells more than its beginning. */
export function placeLine({ figures }: Step, columns: number): string {
  const path = printable(figures?.path ?? '');
  const room = columns - GAP.length;
  if (path === '') return '';
  return widthOf(path) <= room ? `${GAP}${path}` : `${GAP}…${endOf(path, room - 1)}`;
}

function shortCount(figures: Figures): string {
  const { done, total } = figures;
  return total === undefined ? countWords(figures) : `${count(done)} of ${count(total)}`;
}
