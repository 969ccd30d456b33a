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

/** The text with line feeds where a line would be longer. Breaks anywhere, and drops nothing. */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  let wrapped = '';
  let used = 0;
  for (const { piece, width } of piecesOf(line)) {
    if (used > 0 && used + width > columns) {
      wrapped += '\n';
      used = 0;
    }
    wrapped += piece;
    used += width;
  }
  return wrapped;
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
