import type { Match, Target } from '../../model/route.ts';
import { written, type Setting } from '../../model/span.ts';
import type { Directive, Word } from './lines.ts';

/** Patterns that every path matches. */
const ANY = /^\^?(?:\/\??)?(?:\(?\.\*\)?)?\$?$/;

/** Rules of a server that pass on, redirect or refuse; what others write is told with what comes after them. */
export function rewritesOf(
  block: readonly Directive[],
  target: (word: Word) => Target,
): { readonly matches: readonly Match[]; readonly changes: ReadonlyMap<string, Setting<string>> } {
  const matches: Match[] = [];
  const changes = new Map<string, Setting<string>>();
  const isOn = block.some(
    ({ name, args }) => name.toLowerCase() === 'rewriteengine' && args[0]?.text.toLowerCase() === 'on',
  );
  let conditions: string[] = [];
  for (const { name, args, at } of isOn ? block : []) {
    const word = name.toLowerCase();
    if (word === 'rewritecond') conditions.push(args.map(({ text }) => text).join(' '));
    if (word !== 'rewriterule') continue;
    const asked = conditions;
    conditions = [];
    const [pattern, to, given] = args;
    if (pattern === undefined || to === undefined) continue;
    const flags = new Set(
      (given?.text ?? '')
        .replace(/^\[|\]$/g, '')
        .split(',')
        .map((flag) => flag.trim().toLowerCase().replace(/=.*$/s, '')),
    );
    const isEvery = asked.length === 0 && ANY.test(pattern.text);
    const text = [`RewriteRule ${pattern.text}`, ...asked.map((one) => `RewriteCond ${one}`)].join(' and ');
    const goes = goal(to, flags, target);
    if (goes === undefined) {
      if (to.text !== '-') changes.set(text, written(to.text, at));
      continue;
    }
    matches.push({ at, to: goes, ...(isEvery ? {} : { when: { text, at: pattern.at } }) });
  }
  return { matches, changes };
}

/** Where a rule leads; undefined where requests go on. */
function goal(to: Word, flags: ReadonlySet<string>, target: (word: Word) => Target): Target | undefined {
  if (flags.has('f') || flags.has('forbidden')) return { kind: 'answer', status: 403 };
  if (flags.has('g') || flags.has('gone')) return { kind: 'answer', status: 410 };
  if (flags.has('p') || flags.has('proxy')) return target(to);
  const isUrl = /^https?:\/\//i.test(to.text);
  return flags.has('r') || flags.has('redirect') || isUrl ? { kind: 'redirect', location: to.text } : undefined;
}
