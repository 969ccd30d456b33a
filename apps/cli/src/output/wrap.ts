// Breaking text into lines of at most so many columns, where colours take no room.

const COLOUR = /(\u001b\[\d+m)/;
const graphemes = new Intl.Segmenter();

/** East Asian characters and pictures are two columns wide. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;

/** The columns that a line of text takes. */
export function widthOf(line: string): number {
  return piecesOf(line).reduce((sum, { width }) => sum + width, 0);
}

/**
 * The text with line feeds where a line would be longer: between words if one ends there, else
 * anywhere. Drops nothing but the space at a break.
 */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<= )/)) {
    if (current !== '' && widthOf(current + word.trimEnd()) > columns) {
      lines.push(current.trimEnd());
      current = '';
    }
    const [last = '', ...full] = breakWord(current + word, columns).reverse();
    lines.push(...full.reverse());
    current = last;
  }
  return [...lines, current].join('\n');
}

/** The end of a line, as much of it as so many columns can show. */
export function endOf(line: string, columns: number): string {
  let end = '';
  let left = columns;
  for (const { piece, width } of piecesOf(line).toReversed()) {
    left -= width;
    if (left < 0) break;
    end = piece + end;
  }
  return end;
}

/** One word in pieces that fit, as many as it needs. */
function breakWord(word: string, columns: number): string[] {
  const pieces = [''];
  let used = 0;
  for (const { piece, width } of piecesOf(word)) {
    if (piece !== ' ' && used > 0 && used + width > columns) {
      pieces.push('');
      used = 0;
    }
    pieces.push((pieces.pop() ?? '') + piece);
    used += width;
  }
  return pieces;
}

/** Colours, and characters as people count them. */
function piecesOf(line: string): readonly { piece: string; width: number }[] {
  return line.split(COLOUR).flatMap((part) => {
    if (COLOUR.test(part)) return [{ piece: part, width: 0 }];
    return Array.from(graphemes.segment(part), ({ segment }) => ({
      piece: segment,
      width: WIDE.test(segment) ? 2 : 1,
    }));
  });
}
