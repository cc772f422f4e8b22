import type { Problem } from '../../model/config.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { ACTION_SPECS } from './line-specs.ts';
import { testFault } from './samples.ts';
import { unparsable, type Section } from './sections.ts';
import type { Settings } from './settings.ts';
import type { Word } from './words.ts';

/** Tests in braces. */
export function conditionTests(words: readonly Word[]): Problem | undefined {
  if (!CONDITIONAL.has(words[0]?.text ?? '')) return undefined;
  for (let i = conditionStart(words); i >= 0 && i < words.length; i++) {
    if (words[i]?.text !== '{' && words[i]?.text !== '!{') continue;
    const end = words.findIndex((word, j) => j > i && word.text === '}');
    const at = words[i]?.at;
    if (end < 0) {
      if (words.some(({ text }) => text === undefined)) return undefined;
      return at && unparsable(at, say`A brace is opened and never closed.`, say`Add ${'}'} with a space before it.`);
    }
    const fault = at && testFault(words.slice(i + 1, end), at);
    if (fault !== undefined) return fault;
    i = end;
  }
  return undefined;
}

/** Lines whose condition may name what `acl` has to define. */
const CONDITIONAL = new Set(
  (
    'use_backend use-server redirect force-persist ignore-persist http-request http-response http-after-response tcp-request ' +
    'tcp-response stick monitor'
  ).split(' '),
);

/** Where the condition of a line begins. `set-header X-Cause if` ends in a value, so of actions the last one counts. */
function conditionStart(words: readonly Word[]): number {
  const opens = ({ text }: Word): boolean => text === 'if' || text === 'unless';
  if (!/^(?:http|tcp)-/.test(words[0]?.text ?? '')) return words.findIndex(opens);
  const needed = ACTION_SPECS.get(words[1]?.text ?? '') ?? [];
  const least =
    words[0]?.text?.startsWith('http-') === true ? 2 + needed.filter((item) => /^[WS]$/.test(item)).length : 0;
  let depth = 0;
  const outside = words.findLastIndex((word, i) => {
    if (word.text === '}') depth++;
    else if (word.text === '{' || word.text === '!{') depth--;
    return depth <= 0 && i >= least && opens(word);
  });
  return outside < 0 ? words.findLastIndex((word, i) => i >= least && opens(word)) : outside;
}

/** HAProxy refuses a condition of a name that nothing defines above it. What a template fills in may define it. */
export function checkConditions(section: Section, settings: Settings, problems: Problem[]): void {
  if (section.unread.length > 0) return;
  const { acls } = settings;
  for (const { words } of section.statements) {
    if (!CONDITIONAL.has(words[0]?.text ?? '')) continue;
    const start = conditionStart(words);
    const { undefinedNames } = acls.condition(start < 0 ? [] : words.slice(start));
    const lost = undefinedNames.find(({ text }) => text !== undefined);
    if (lost === undefined) continue;
    const name = (lost.text ?? '').replace(/^!+/, '');
    const meant = didYouMean(name, acls.names());
    const what = say`No ${'acl'} line of this section defines ${name}${meant === undefined ? say`` : say`; did you mean ${meant}?`}`;
    const fix =
      meant === undefined ? say`Add the ACL above, or move its condition here in braces.` : say`Set ${meant}.`;
    problems.push({ ...unparsable(lost.at, what, fix), pool: section.name ?? section.kind });
  }
}
