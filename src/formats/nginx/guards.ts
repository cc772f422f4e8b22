import type { Condition, Match, Target } from '../../model/route.ts';
import type { Span } from '../../model/span.ts';
import { deniedAsks, type Formulas } from './asks.ts';
import type { AnswerBlock, Return } from './server-blocks.ts';

/** One line of an entry, for the requests of a condition. */
export function match(at: Span, when: string | undefined, to: Target): Match {
  const condition: Condition | undefined = when === undefined ? undefined : { text: when, at };
  return { at, to, ...(condition === undefined ? {} : { when: condition }) };
}

/** What a `return` answers; 444 closes the connection. */
export function returned({ status, text }: Return): Target {
  if (status === undefined) return { kind: 'redirect', location: text };
  if (status === 444) return { kind: 'answer', status: 'refused' };
  return status >= 300 && status < 400 && text !== ''
    ? { kind: 'redirect', location: text }
    : { kind: 'answer', status };
}

/** `deny all` refuses every request, unless addresses are allowed before it. */
export function accessMatches({ access, source }: AnswerBlock, when: string | undefined, formulas: Formulas): Match[] {
  const denied = access.find(({ allow }) => !allow);
  if (denied === undefined || source.block?.some(({ name, args }) => name === 'satisfy' && args[0]?.text === 'any'))
    return [];
  const allowed = access.slice(0, access.indexOf(denied)).map(({ who }) => who);
  const to: Target = { kind: 'answer', status: 403 };
  if (allowed.includes('all')) return [];
  const all = access.find(({ allow, who }) => !allow && who === 'all');
  if (all !== undefined && !access.some(({ allow }) => allow)) return [match(all.at, when, to)];
  const who =
    all === undefined
      ? `from ${access
          .filter(({ allow }) => !allow)
          .map((one) => one.who)
          .join(', ')}`
      : 'from addresses that are not allowed';
  return [match((all ?? denied).at, formulas.both(when, who, deniedAsks(access)), to)];
}

/** Rates and connections above a limit are refused. */
export function limitMatches({ limits }: AnswerBlock, when: string | undefined, formulas: Formulas): Match[] {
  return limits.map(({ at, directive, words }) => {
    const above = `above ${directive} ${words.join(' ')}`;
    return match(at, formulas.both(when, above, { open: above }), { kind: 'answer', status: 503 });
  });
}
