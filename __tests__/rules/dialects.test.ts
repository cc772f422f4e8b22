import { readFileSync } from 'node:fs';
import { compare } from '../../src/compare/compare.ts';
import { FORMATS } from '../../src/formats/list.ts';
import type { Config } from '../../src/model/config.ts';
import type { Dialect } from '../../src/model/dialect.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Pool } from '../../src/model/pool.ts';
import type { Text } from '../../src/model/text.ts';
import { RULES } from '../../src/rules/list.ts';
import { plain } from '../../src/text/say.ts';
import { examplesOf, ruleFolders, type Example } from '../support/examples.ts';
import { findings, read } from '../support/run-rules.ts';

/** Plain English that configs use as well: it belongs to no product. */
const ENGLISH: ReadonlySet<string> = new Set(
  (
    'weight state disabled down backup cookie check interval path port type rise fall timeout server servers status source retry ' +
    'retries connect conn address name names version header response request upstream backend pool pools algorithm value for ' +
    'user id set off consistent stickiness checks attempts budget fails resolve resolvers resolves random hash first connection ' +
    'load HTTP failure empty lookup table ring none if by all one route error sticky expect observe key SRV balancer on'
  ).split(' '),
);

/**
 * A generic rule speaks the language of the product whose file it looks at. Each neutral bad example is looked at as if it were a
 * file of every product in turn: no word of another product may reach a message.
 */
const generic = RULES.filter(({ format, scope }) => format === undefined && scope !== 'external');
const folders = new Map(ruleFolders().map(({ id, folder }) => [id, folder]));
const bad = generic.flatMap((rule) =>
  examplesOf(readFileSync(`${folders.get(rule.id) ?? ''}/rule.md`, 'utf8'))
    .filter(({ role }) => role === 'bad')
    .map((example) => ({ rule, example })),
);
const dialects = FORMATS.map(({ dialect }) => dialect);

describe.each(dialects.map((dialect) => [dialect.format, dialect] as const))('messages about %s', (_, dialect) => {
  const own = wordsOf(dialect);
  const foreign = new Set(
    dialects.filter((one) => one !== dialect).flatMap((one) => [...wordsOf(one)].filter((word) => !own.has(word))),
  );
  const found = bad.flatMap(({ rule, example }) =>
    findings([rule], changeIn(dialect, example), { measuring: example.measuring, facts: example.facts }).map(
      (finding) => ({ finding, names: namesIn(example) }),
    ),
  );

  test('have no word of another product', () => {
    const said = found.flatMap(({ finding, names }) =>
      tokens(messageOf(finding))
        .filter((word) => foreign.has(word) && !names.has(word))
        .map((word) => `${finding.rule}: ${word} (${messageOf(finding)})`),
    );
    expect(said).toEqual([]);
  });

  test('are there, in numbers', () => {
    expect(found.length).toBeGreaterThan(40);
    expect(foreign.size).toBeGreaterThan(20);
  });
});

test('a word of another product is found', () => {
  const [one, other] = dialects;
  if (one === undefined || other === undefined) throw new Error('two products are needed');
  const only = [...wordsOf(other)].filter((word) => !wordsOf(one).has(word));
  expect(tokens(`Set ${only[0] ?? ''} here.`)).toContain(only[0]);
});

/** A neutral example as if a product had written it: everything is the same, and the words are the product's. */
function changeIn(dialect: Dialect, { before, text }: Example) {
  const spoken = (file: string): Config => {
    const config = read('neutral', file);
    return { ...config, dialect, pools: config.pools.map((pool): Pool => ({ ...pool, dialect })) };
  };
  return compare(before === undefined ? undefined : [spoken(before)], [spoken(text)]);
}

function messageOf({ what, why, fix, related }: Finding): string {
  return [what, why, fix, ...related.map(({ note }) => note)].map(plain).join(' ');
}

/** Names and algorithms of the file itself may be anything. */
function namesIn({ before = '', text }: Example): ReadonlySet<string> {
  const configs = [before, text].filter((file) => file !== '').map((file) => read('neutral', file));
  return new Set(
    configs
      .flatMap(({ pools, entries, routes }) => [
        ...pools.flatMap(({ name, algorithm, servers }) => [
          name,
          algorithm.value?.native ?? '',
          ...(algorithm.value?.kind === 'hash' ? [algorithm.value.key.native] : []),
          ...servers.map((server) => server.name),
        ]),
        ...entries.map(({ name }) => name),
        ...routes.map(({ name }) => name),
      ])
      .flatMap(tokens),
  );
}

/** Everything that a product says as one writes it in a file, and its name. */
function wordsOf({ title, terms, advice, identity, ...rest }: Dialect): ReadonlySet<string> {
  const [pool] = read('neutral', 'version: 1\npools:\n  - { name: p, servers: [{ address: 192.0.2.1 }] }\n').pools;
  if (pool === undefined) throw new Error('a pool is needed');
  const termed = [
    terms.weight(1),
    terms.pool('p'),
    terms.state('down'),
    terms.stickyValue('v') ?? '',
    terms.checkFails(3) ?? '',
    ...Object.values(terms).filter((term) => typeof term === 'string'),
  ];
  const advised = Object.values(advice).map((one: Text | string | undefined | ((of: Pool) => Text | undefined)) =>
    typeof one === 'function' ? one(pool) : one,
  );
  const written = advised.flatMap((one) => (typeof one === 'string' ? [one] : values(one)));
  return new Set([title, ...termed, ...written, identity?.line ?? '', rest.test('f') ?? ''].flatMap(tokens));
}

/** What is inserted into a text: code, not prose. */
function values(text: Text | undefined): readonly string[] {
  return text?.parts.filter(({ kind }) => kind !== 'words').map((part) => part.text) ?? [];
}

/** Words as a config has them; plain English that a product uses too (`interval`, `weight`) is nobody's. */
function tokens(text: string): readonly string[] {
  return [...text.matchAll(/[A-Za-z][\w-]*[\w]/g)].map(([word]) => word).filter((word) => !ENGLISH.has(word));
}
