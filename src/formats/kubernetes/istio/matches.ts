import type { Condition, Test } from '../../../model/route.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { at, rawAt } from '../nodes.ts';

/** The conditions of a route, any of which is enough; one undefined condition = every request. */
export function conditionsOf(node: PNode): readonly (Condition | undefined)[] {
  const matches = itemsOf(at(node, 'match'));
  return matches.length === 0 ? [undefined] : matches.map(conditionOf);
}

const SIGNS: Readonly<Record<string, string>> = { exact: '=', prefix: 'begins with', regex: 'matches' };

function conditionOf(match: PNode): Condition | undefined {
  const texts: string[] = [];
  const ignoresCase = rawAt(at(match, 'ignoreUriCase')) === 'true';
  for (const { key, value } of entriesOf(match)) {
    if (key === 'name' || key === 'ignoreUriCase') continue;
    if (key === 'uri') texts.push(...stringMatch('path', value, ignoresCase ? ' in any letter case' : ''));
    else if (key === 'headers' || key === 'queryParams' || key === 'withoutHeaders')
      for (const entry of entriesOf(value)) {
        const what = key === 'queryParams' ? `query ${entry.key}` : `header ${entry.key.toLowerCase()}`;
        const found = stringMatch(what, entry.value);
        const isSet = found.length === 0 ? [`${what} is set`] : found;
        texts.push(...(key === 'withoutHeaders' ? isSet.map((text) => `not ${text}`) : isSet));
      }
    else if (value.kind === 'map') texts.push(...stringMatch(key, value));
    else
      texts.push(
        `${key} ${
          value.kind === 'seq'
            ? itemsOf(value)
                .map((item) => rawAt(item) ?? '')
                .join(', ')
            : (rawAt(value) ?? '')
        }`,
      );
  }
  // The prefix / is every path.
  const asked = texts.filter((text) => text !== 'path begins with /').toSorted();
  if (asked.length === 0) return undefined;
  const uri = at(match, 'uri');
  const condition = { text: asked.join(' and '), at: headOf(uri ?? match) };
  const test = asked.length === 1 && uri !== undefined ? testOf(uri, ignoresCase) : undefined;
  return test === undefined ? condition : { ...condition, all: [test] };
}

function stringMatch(what: string, node: PNode, after = ''): string[] {
  if (node.kind !== 'map') return rawAt(node) === undefined ? [] : [`${what} = ${rawAt(node) ?? ''}`];
  return entriesOf(node).map(({ key, value }) =>
    value.kind === 'map'
      ? stringMatch(`${what} ${key}`, value).join(' and ')
      : `${what} ${SIGNS[key] ?? key} ${rawAt(value) ?? ''}${after}`,
  );
}

function testOf(uri: PNode, ignoresCase: boolean): Test | undefined {
  const how = { exact: 'is', prefix: 'begins', regex: 'matches' } as const;
  for (const [key, word] of Object.entries(how)) {
    const value = rawAt(at(uri, key));
    if (value !== undefined)
      return { subject: 'path', how: word, values: [value], ...(ignoresCase ? { ignoresCase: true as const } : {}) };
  }
  return undefined;
}
