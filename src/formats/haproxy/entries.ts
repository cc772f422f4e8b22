import { afterChanges } from '../../model/asks.ts';
import { poolKey } from '../../model/keys.ts';
import type { Entry, Listen, Match, Target } from '../../model/route.ts';
import { say } from '../../text/say.ts';
import { answersOf, conditionOf, entrySettings } from './answers.ts';
import { changesIn } from './asks.ts';
import { dialect } from './dialect.ts';
import type { Section } from './sections.ts';
import { textOf, type Settings } from './settings.ts';
import type { Word } from './words.ts';

/**
 * A `frontend` or `listen` section as an entry: what is refused or answered here, then `use_backend` lines in their order, then
 * the default. `scope` = the config that names are unique in.
 */
export function readEntry(section: Section, settings: Settings, scope: string): Entry {
  const name = entryOf(section);
  const off = settings.isDisabled();
  const disabled: Match[] = off === undefined ? [] : [{ at: off.at, to: { kind: 'answer', status: 'refused' } }];
  return {
    key: `${scope}\0${name}`,
    name,
    at: section.at,
    listens: listensOf(section, settings),
    hosts: [],
    matches: [...disabled, ...answersOf(settings), ...choices(section, settings, scope)],
    settings: entrySettings(settings),
    changed: changesIn(settings.statements),
  };
}

/** How a section is called where it is told where requests come in. */
export function entryOf({ kind, name }: Section): string {
  return `${kind} ${name ?? ''}`.trim();
}

function choices(section: Section, settings: Settings, scope: string): Match[] {
  const changed = changesIn(settings.statements);
  const found = settings.own
    .filter(({ words }) => words[0]?.text === 'use_backend')
    .flatMap(({ words, at }): Match[] => {
      const [, target] = words;
      if (target === undefined) return [];
      const condition = settings.acls.condition(words.slice(2));
      const when = conditionOf({ ...condition, asks: afterChanges(condition.asks, changed) }, at);
      return [{ at, to: backend(target, scope), ...(when === undefined ? {} : { when }) }];
    });
  const fallback =
    settings.own.findLast(({ words }) => words[0]?.text === 'default_backend') ?? settings.last('default_backend');
  const word = fallback?.words[1];
  if (fallback !== undefined && word !== undefined) found.push({ at: fallback.at, to: backend(word, scope) });
  else if (section.kind === 'listen')
    found.push({ at: section.at, to: poolTarget(scope, section.name ?? section.kind) });
  return found;
}

function backend(word: Word, scope: string): Target {
  if (word.text === undefined || word.text.includes('%['))
    return { kind: 'unknown', why: say`the backend ${word.raw} is computed for each request` };
  return poolTarget(scope, word.text);
}

function poolTarget(scope: string, name: string): Target {
  return { kind: 'pool', pool: poolKey(dialect.format, scope, name), name };
}

/** Words of a `bind` line that are said by fields of the model. */
const SAID: ReadonlySet<string> = new Set(['ssl', 'accept-proxy']);
/** Parameters of `bind` that change nothing about which requests come in or who answers them. */
const HARMLESS =
  /^(?:name|user|group|uid|gid|mode|level|interface|process|thread|shards|nbconn|backlog|nice|id|severity-output)$/;

function listensOf(section: Section, settings: Settings): Listen[] {
  const binds = settings.own.filter(({ words }) => words[0]?.text === 'bind');
  const [after] = section.rest;
  const header = after !== undefined && after.text !== 'from' ? [{ words: [after, after], at: section.at }] : [];
  return [...header, ...binds].flatMap(({ words, at }) => {
    const [, addresses, ...parameters] = words;
    const texts = parameters.map(({ text, raw }) => text ?? raw);
    const options = texts.filter(
      (text, i) => !SAID.has(text) && !HARMLESS.test(text) && !HARMLESS.test(texts[i - 1] ?? ''),
    );
    return (textOf(addresses === undefined ? [] : [addresses]) ?? addresses?.raw ?? '')
      .split(',')
      .map((address): Listen => ({
        at,
        address,
        ...(texts.includes('ssl') ? { tls: true } : {}),
        ...(texts.includes('accept-proxy') ? { proxyProtocol: true } : {}),
        ...(options.length === 0 ? {} : { options: options.toSorted().join(' ') }),
      }));
  });
}
