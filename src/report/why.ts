import { InputError } from '../model/tree.ts';
import { didYouMean } from '../text/suggest.ts';
import { clean, styled, visibleLine } from './escape.ts';
import type { TerminalMode } from './terminal.ts';
import { wrap } from './width.ts';

/** What is told of a rule before its page. */
export interface ExplainedRule {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
}

/**
 * The page of a rule for a terminal, without a line end at its end. `pages`: Markdown by rule id. Throws InputError for an id that is none, with the one
 * that was probably meant.
 */
export function renderWhy(
  ruleId: string,
  rules: readonly ExplainedRule[],
  pages: Readonly<Record<string, string>>,
  mode: TerminalMode,
): string {
  const rule = rules.find((one) => one.id === ruleId);
  if (rule === undefined) {
    throw new InputError(`There is no rule ${JSON.stringify(clean(ruleId))}. ${hint(ruleId, rules)}`);
  }
  const head = `${styled(rule.id, 'bold', mode.color)} (${rule.severity})`;
  return `${head}\n\n${pageText(pages[rule.id] ?? `# ${rule.title}`, mode)}`;
}

/** The rule that a misspelt id means, else those with the same word in their id, else all. */
function hint(ruleId: string, rules: readonly ExplainedRule[]): string {
  const ids = rules.map((one) => one.id);
  const meant = didYouMean(ruleId, ids);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  const alike = ruleId.length < 3 ? [] : ids.filter((id) => id.includes(ruleId.toLowerCase()));
  return alike.length === 0 ? `The rules are ${ids.join(', ')}.` : `There are ${alike.join(', ')}.`;
}

/** Our own Markdown, laid out for reading in a terminal: headings bold, code indented, paragraphs wrapped. */
function pageText(page: string, mode: TerminalMode): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  let fenced = false;
  const flush = (): void => {
    if (paragraph.length > 0) {
      const text = inline(paragraph.join(' '), mode);
      const bullet = /^(?:[-*] |\d+\. )/.exec(text)?.[0] ?? '';
      out.push(wrap(text, mode.width, ' '.repeat(bullet.length)));
    }
    paragraph = [];
  };
  for (const line of page.trim().split('\n')) {
    if (line.startsWith('```')) {
      flush();
      fenced = !fenced;
      const label = line.replace(/^`+/, '').trim();
      if (fenced && label !== '') out.push(styled(`  ${label}:`, 'dim', mode.color));
    } else if (fenced) out.push(`    ${visibleLine(line)}`);
    else if (/^#+ /.test(line)) {
      flush();
      out.push(styled(line.replace(/^#+ /, ''), 'bold', mode.color));
    } else if (line.trim() === '') {
      flush();
      if (out.at(-1) !== '') out.push('');
    } else {
      if (/^\s*(?:[-*] |\d+\. )/.test(line)) flush();
      paragraph.push(line.trim());
    }
  }
  flush();
  return out.join('\n');
}

function inline(text: string, { color }: TerminalMode): string {
  return visibleLine(text)
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)')
    .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => styled(words, 'bold', color))
    .replace(/`([^`]+)`/g, (_, code: string) => (color ? styled(code, 'cyan', true) : code));
}
