import type { Text } from '../model/text.ts';
import { list, name, say, sentences, words } from '../text/say.ts';
import { marksOf } from './cache.ts';
import { detect, type Detected } from './detect.ts';
import type { Answer } from './exchange.ts';
import type { Asking } from './look.ts';
import { ambiguousText, anonymousFix, locationOf } from './notes.ts';
import type { ProbeRequest } from './request.ts';
import type { Roster } from './roster.ts';
import { likelySnippets, type Snippet } from './snippets.ts';

/** What was found out about telling servers apart. */
export interface Recognition extends Trouble {
  readonly detected: Detected;
  /** None of the identities is a known server: they must not be taken for unlisted ones. */
  readonly unmapped: boolean;
}

interface Trouble {
  /** Why the answers do not do; undefined when they do. */
  readonly obstacle: Text | undefined;
  /** What would make the balancer name its servers, where that is the way out. */
  readonly snippets: readonly Snippet[];
}

const MOST_SHOWN = 3;
const NO_TROUBLE: Trouble = { obstacle: undefined, snippets: [] };
const TOO_MANY = words(
  'The target answers every request with 429, too many requests. Lower rate, or let the probe pass its limit.',
);
const ALL_CACHED = words(
  "A cache or CDN gave every answer: no server of the pool was asked. Use a target that is not cached, or the balancer's own address.",
);

/** What the first answers tell about who gave them, and what is in the way when they do not. */
export function recognise(answers: readonly Answer[], asking: Pick<Asking, 'request' | 'roster'>): Recognition {
  const { request, roster } = asking;
  const detected = detect(answers, request.identifyBy, roster);
  const unmapped =
    roster.size > 0 &&
    detected.matched === 0 &&
    detected.seen.size > 0 &&
    (!(detected.addressed && roster.byAddress) || ambiguity(detected, roster) !== undefined);
  return { detected, unmapped, ...troubleWith(answers, asking, detected, unmapped) };
}

function troubleWith(
  answers: readonly Answer[],
  { request, roster }: Pick<Asking, 'request' | 'roster'>,
  detected: Detected,
  unmapped: boolean,
): Trouble {
  if (answers.every((answer) => answer.status === 429)) return { ...NO_TROUBLE, obstacle: TOO_MANY };
  if (answers.every((answer) => marksOf(answer).cached)) return { ...NO_TROUBLE, obstacle: ALL_CACHED };
  // Errors need no identity to be counted, and a verdict can rest on them alone.
  const healthy = answers.filter(isHealthy);
  if (healthy.length === 0 || answers.some(({ status }) => status === undefined || status >= 500)) return NO_TROUBLE;
  const snippets = likelySnippets(healthy, request.format);
  if (detected.seen.size === 0) return nameless(healthy, request, snippets);
  const elsewhere = detected.matched === 0 ? request.wrongPool?.([...detected.seen.keys()]) : undefined;
  if (elsewhere !== undefined) return { obstacle: elsewhere, snippets: [] };
  if (!unmapped) return NO_TROUBLE;
  return {
    obstacle: ambiguity(detected, roster) ?? unmappedText(detected),
    snippets: request.identifyBy.by === 'auto' ? snippets : [],
  };
}

function isHealthy({ status, failure }: Answer): boolean {
  return status !== undefined && status < 500 && status !== 429 && failure === undefined;
}

function nameless(answers: readonly Answer[], { identifyBy }: ProbeRequest, snippets: readonly Snippet[]): Trouble {
  const what =
    identifyBy.by === 'auto'
      ? say`Nothing in ${answers.length} answers identifies a server.`
      : say`None of ${answers.length} answers has the ${words(identifyBy.by)} ${name(identifyBy.name)}.`;
  const odd = answers.find(({ status = 0 }) => status >= 300);
  if (odd?.status === undefined || answers.some(({ status = 0 }) => status < 300)) return { obstacle: what, snippets };
  const they = say`They have status ${words(String(odd.status))}.`;
  return { ...NO_TROUBLE, obstacle: sentences(what, they, anonymousFix(odd.status, locationOf(odd))) };
}

/** Every identity seen could mean several servers. */
function ambiguity({ seen }: Detected, roster: Roster): Text | undefined {
  const all = [...seen.keys()].map((identity) => ({ identity, servers: roster.claimants(identity) }));
  const [first] = all;
  if (first === undefined || all.some(({ servers }) => servers.length < 2)) return undefined;
  return say`The answers ${ambiguousText(first)}`;
}

function unmappedText({ place, seen }: Detected): Text {
  const where = place === undefined ? words('Answers') : say`The ${words(place.by)} ${name(place.name)}`;
  return say`${where} shows who answered (${list([...seen.keys()], MOST_SHOWN)}), but none of that is a server of the config. Say which is which with identify in the checklist file, or name another place with identify-by.`;
}
