// The little of man(7) that our pages need, as text for groff and mandoc. What is given to these
// functions is plain text; nothing in it is taken for a request.

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '"': '\\(dq',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Text that reads as it is written, also to those who copy it. */
export function escaped(text: string): string {
  const safe = text.replace(/[\\\-'`"^~]/g, (character) => SPECIAL[character] ?? character);
  return safe.replace(/^\./gm, '\\&.');
}

/** Prose, in which `code` is bold. */
export function prose(text: string): string {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? bold(part) : escaped(part)))
    .join('');
}

export const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;
export const italic = (text: string): string => `\\fI${escaped(text)}\\fR`;

/** What is typed, such as `freeze [options] <path>`: what it stands for is in italics. */
export function typed(text: string): string {
  return text
    .split(/(<[^>]+>|\[[^\]]+\])/)
    .filter((part) => part !== '')
    .map((part) => {
      const inner = part.slice(1, -1);
      if (part.startsWith('<')) return italic(inner);
      return part.startsWith('[') ? `[${italic(inner)}]` : bold(part);
    })
    .join('');
}

export type Title = Readonly<{ name: string; section: number; date: string; source: string }>;

export function title({ name, section, date, source }: Title): string {
  // The date is for programs, too.
  return `.TH "${escaped(name.toUpperCase())}" ${section} ${date} "${escaped(source)}"\n`;
}

export const heading = (text: string): string => `.SH ${escaped(text)}\n`;
export const subheading = (line: string): string => `.SS ${line}\n`;
export const paragraph = (line: string): string => `.PP\n${line}\n`;
export const item = (term: string, line: string): string => `.TP\n${term}\n${line}\n`;

/** Lines that are shown as they are. */
export function literal(lines: readonly string[]): string {
  return `.PP\n.RS 4\n.nf\n${lines.map((line) => `${escaped(line)}\n`).join('')}.fi\n.RE\n`;
}

/** The whole of a page. A paragraph needs no macro of its own behind a heading. */
export function page(parts: readonly string[]): string {
  return parts.join('').replace(/^(\.S[HS] .*\n)\.PP\n/gm, '$1');
}
