import { IDENTITIES } from '../formats/identities.ts';
import type { Identity } from '../formats/identity.ts';
import type { Text } from '../model/text.ts';
import { name, say, sentences, words } from '../text/say.ts';
import { headerValues } from './client.ts';
import type { Answer } from './exchange.ts';

/** One line of config that makes a balancer say which server answered, and where it goes. */
export type Snippet = Pick<Identity, 'product' | 'line' | 'where'>;

const ALL = IDENTITIES.map(({ identity }) => identity).toSorted((a, b) => a.order - b.order);

/** Every line that is known, the most widely used product first. */
export const SNIPPETS: readonly Snippet[] = ALL;

/** What cannot be a server behind a silent product is asked first. */
const BY_MARK = ALL.toSorted((a, b) => Number(a.alsoServes) - Number(b.alsoServes));
const SILENT = ALL.filter(({ marks }) => marks.length === 0);

/**
 * The lines for the products that the target may be, likeliest first: by its config when that is known, otherwise by the marks of
 * its responses. A product that leaves no marks passes on those of the servers behind it.
 */
export function likelySnippets(answers: readonly Answer[], format: string | undefined): readonly Snippet[] {
  const own = IDENTITIES.find((one) => one.format === format);
  if (own !== undefined) return [own.identity];
  const has = ({ header, value }: Identity['marks'][number]): boolean =>
    answers.some((answer) => headerValues(answer, header).some((text) => value.test(text)));
  const marked = BY_MARK.find(({ marks }) => marks.some((mark) => has(mark)));
  if (marked === undefined) return SNIPPETS;
  return marked.alsoServes ? [marked, ...SILENT] : [marked];
}

export const LET_IT_SAY = words('Let the balancer say which server answered, then probe again.');

/** What to add so that the next probe can identify servers, in one paragraph. */
export function advise(snippets: readonly Snippet[]): Text {
  const lines = snippets.map(({ product, line, where }) => say`${words(product)}: ${name(line)} (${words(where)}).`);
  return sentences(LET_IT_SAY, ...lines);
}
