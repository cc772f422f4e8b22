import type { Condition, Test } from '../../model/route.ts';
import type { Span } from '../../model/span.ts';
import { plainText } from './settings.ts';
import { argument, blocks, textOfValue, type Value } from './values.ts';

/** One thing that a rule asks: any of some values. */
interface Asked {
  readonly subject: string;
  readonly values: readonly string[];
  /** How the model says it, where it can. */
  readonly test?: Test;
  /** It holds for every request. */
  readonly always?: true;
  /** Something of it is not known. */
  readonly open?: true;
}

/**
 * The conditions of a listener rule, all of which must hold. Undefined = every request. A path or host may have `*` and `?`;
 * hosts are compared without case, paths with it. (Elastic Load Balancing, "Rule condition types".)
 */
export function conditionOf(args: Value, at: Span): Condition | undefined {
  const found = blocks(args, 'condition');
  const asked = found.flatMap((block) => askedBy(block)).filter(({ always }) => always !== true);
  if (asked.length === 0) return undefined;
  const tests = asked.flatMap(({ test, open }) => (test === undefined || open === true ? [] : [test]));
  return {
    text: asked.map(({ subject, values }) => `${subject} ${values.join(' or ')}`).join(' and '),
    at: found[0]?.at ?? at,
    ...(tests.length === asked.length ? { all: tests } : {}),
  };
}

function askedBy(block: Value): Asked[] {
  if (block.kind !== 'map') return [{ subject: 'condition', values: [plainText(block) ?? ''], open: true }];
  // Terraform before 0.12, and CloudFormation: `field = "path-pattern"`.
  const field = textOfValue(argument(block, 'field'))?.value;
  if (field !== undefined) {
    const name = field.replaceAll('-', '_');
    return [byName(name, argument(block, name) ?? block)];
  }
  return [...block.entries.keys()].map((name) => byName(name, argument(block, name) ?? block));
}

function byName(name: string, value: Value): Asked {
  switch (name) {
    case 'host_header':
      return withPatterns('host', value);
    case 'path_pattern':
      return withPatterns('path', value);
    case 'http_header': {
      const header = argument(value, 'http_header_name');
      return listed(`header ${header === undefined ? '' : (plainText(header) ?? '')}`, value);
    }
    case 'query_string':
      return {
        subject: 'query',
        values: queries(value).map((one) =>
          [argument(one, 'key'), argument(one, 'value')]
            .flatMap((part) => (part === undefined ? [] : (plainText(part) ?? [])))
            .join('='),
        ),
      };
    default:
      return listed(name.replaceAll('_', ' '), value);
  }
}

/** `query_string` may be repeated, or have one key and value. */
function queries(value: Value): readonly Value[] {
  if (value.kind === 'list') return value.items.flatMap(queries);
  const values = argument(value, 'values');
  return values === undefined ? [value] : queries(values);
}

function listed(subject: string, value: Value): Asked {
  const { texts } = valuesOf(value);
  return { subject, values: texts };
}

function withPatterns(subject: Test['subject'], value: Value): Asked {
  const { texts, open } = valuesOf(value);
  const asked = { subject, values: texts, ...(open ? { open: true as const } : {}) };
  if (open) return asked;
  const isPath = subject === 'path';
  if (texts.some((text) => text === '*' || (isPath && text === '/*'))) return { ...asked, always: true };
  const kinds = texts.map(testOf);
  const [first] = kinds;
  if (first === undefined || kinds.some((one) => one?.how !== first.how)) return asked;
  return {
    ...asked,
    test: {
      subject,
      how: first.how,
      values: kinds.flatMap((one) => one?.value ?? []),
      ...(isPath ? {} : { ignoresCase: true as const }),
    },
  };
}

/** `/api/*` begins, `*.example.com` ends; a pattern with more wildcards is no test. */
function testOf(pattern: string): { readonly how: Test['how']; readonly value: string } | undefined {
  if (!/[*?]/.test(pattern)) return { how: 'is', value: pattern };
  const [inner, last] = [pattern.slice(0, -1), pattern.slice(1)];
  if (pattern.endsWith('*') && !/[*?]/.test(inner)) return { how: 'begins', value: inner };
  return pattern.startsWith('*') && !/[*?]/.test(last) ? { how: 'ends', value: last } : undefined;
}

/** `values` of a condition, which may be the value itself. */
function valuesOf(value: Value): { readonly texts: readonly string[]; readonly open: boolean } {
  const list = argument(value, 'values') ?? argument(value, 'regex_values') ?? value;
  const items = list.kind === 'list' ? list.items : [list];
  return {
    texts: items.map((item) => plainText(item) ?? ''),
    open: items.some(({ kind }) => kind !== 'scalar') || list !== argument(value, 'values'),
  };
}
