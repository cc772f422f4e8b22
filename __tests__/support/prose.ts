import { BANNED, FIX_VERBS, SENTENCE_WORDS } from './banned-words.ts';

/** Stands for a value, a code span or a quotation: one word that is not ours. */
const FOREIGN = '□';

/** What is wrong with a text, one line for each fault: the words, and what to write. Empty when it reads well. */
export function wordFaults(text: string): string[] {
  const ours = text
    .replaceAll(/"[^"]*"/g, FOREIGN)
    .replaceAll(/\s+/g, ' ')
    .trim();
  const banned = BANNED.flatMap(({ pattern, instead }) => {
    const found = pattern.exec(ours);
    return found === null ? [] : [`"${found[0].trim()}": ${instead} (${ours.slice(0, 160)})`];
  });
  return [...banned, ...longSentences(ours)];
}

function longSentences(text: string): string[] {
  return text
    .split(/(?<=[.!?:]) /)
    .map((sentence) => ({ sentence, words: sentence.split(' ').filter((word) => /[\p{L}\p{N}□]/u.test(word)).length }))
    .filter(({ words }) => words > SENTENCE_WORDS)
    .map(({ sentence, words }) => `${words} words in one sentence (${sentence})`);
}

/** The prose of a Markdown page, one text for each paragraph, item, heading, picture and cell; no code, addresses or sources. */
export function markdownProse(page: string): string[] {
  const alternatives = [...page.matchAll(/\balt="([^"]*)"/g)].map(([, text = '']) => text);
  const plain = page
    .replaceAll(/^```.*\n[\s\S]*?^```$/gm, '\n')
    .replaceAll(/^## Sources\n[\s\S]*?(?=^## |(?![\s\S]))/gm, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/^    .*$/gm, '')
    .replaceAll(/`[^`]*`/g, FOREIGN)
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('**', '');
  const blocks = plain
    .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) |#|\s*\|)/)
    .flatMap((block) =>
      block.trimStart().startsWith('|') ? block.split('|') : [block.replace(/^\s*(?:[-*]|\d+\.|#+) /, '')],
    );
  return [...alternatives, ...blocks].filter((block) => block.trim() !== '');
}

/** The texts of a module that reach people: the strings of `say` and `words`, and the messages of InputError. */
export function spokenTexts(source: string): string[] {
  const said = [...source.matchAll(/\bsay`/g)].map(
    ({ index, 0: tag }) => templateText(source, index + tag.length).text,
  );
  const called = [...source.matchAll(/\b(?:words|new InputError)\(/g)].flatMap(({ index, 0: call }) =>
    literals(callText(source, index + call.length)),
  );
  return [...said, ...called].filter((text) => /[a-z]{2}/i.test(text));
}

/** The fixes of a module that do not begin with what to do. */
export function fixFaults(source: string): string[] {
  return [...source.matchAll(/\bfix: say`([A-Z][a-z]*)/g)]
    .filter(([, verb = '']) => !FIX_VERBS.includes(verb))
    .map(([, verb]) => `a fix begins with "${verb}": ${FIX_VERBS.join(', ')}`);
}

/** A template from the character after its opening backtick; what it inserts counts as one foreign word. */
function templateText(source: string, start: number): { text: string; end: number } {
  let text = '';
  for (let at = start; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === '`') return { text, end: at };
    if (char === '\\') at++;
    else if (char === '$' && source.charAt(at + 1) === '{') {
      at = closing(source, at + 2, '{', '}');
      text += FOREIGN;
    } else text += char;
  }
  return { text, end: source.length };
}

function callText(source: string, start: number): string {
  return source.slice(start, closing(source, start, '(', ')'));
}

/** Where the bracket that was opened before `start` is closed; brackets in strings and templates do not count. */
function closing(source: string, start: number, open: string, close: string): number {
  let depth = 1;
  for (let at = start; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === '`') at = templateText(source, at + 1).end;
    else if (char === "'" || char === '"') at = quoteEnd(source, at + 1, char);
    else if (char === open) depth++;
    else if (char === close && --depth === 0) return at;
  }
  return source.length;
}

/** Where the string that begins at `start` ends: at its quote, else with the source. */
function quoteEnd(source: string, start: number, quote: string): number {
  const end = source.indexOf(quote, start);
  return end < 0 ? source.length : end;
}

/** The strings and templates of a piece of code. */
function literals(code: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < code.length; at++) {
    const char = code.charAt(at);
    if (char === '`') {
      const { text, end } = templateText(code, at + 1);
      found.push(text);
      at = end;
    } else if (char === "'" || char === '"') {
      const end = quoteEnd(code, at + 1, char);
      found.push(code.slice(at + 1, end));
      at = end;
    }
  }
  return found;
}
