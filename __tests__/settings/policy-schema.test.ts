import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../src/model/tree.ts';
import { compilePolicy } from '../../src/settings/policy-schema.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** For each document whether the schema allows it. */
function allows(schema: unknown, ...documents: readonly unknown[]): readonly boolean[] {
  const policy = compilePolicy('lb/p.json', schema);
  return documents.map((document) => policy.faults(document).length === 0);
}

function refusal(schema: unknown, document: unknown = {}): string {
  try {
    return `judged: ${compilePolicy('lb/p.json', schema).faults(document).length} faults`;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** An extract of what the official test suite asks (all of it: script/bench schemas), and what ajv 8.20.0 gets wrong alone. */
describe('draft 2020-12 is judged as it is written:', () => {
  const contains = (schema: object) => ({ items: { properties: { s: schema } } });
  const some = { contains: { minimum: 5 } };

  test('contains does not depend on the array before it', () => {
    const full = { s: [7] };
    const empty = { s: [] };
    const little = { s: [1] };
    expect(allows(contains(some), [full], [empty], [little])).toEqual([true, false, false]);
    expect(allows(contains(some), [full, empty], [empty, full], [full, little], [little, full])).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(allows(contains(some), [full, full], [{}], [{ s: 'no array' }])).toEqual([true, true, true]);
    expect(allows(contains({ not: some }), [full, empty], [empty, empty], [little, empty])).toEqual([
      false,
      true,
      true,
    ]);
  });

  test.each([
    [{ contains: { minimum: 5 }, minContains: 2 }, [[5, 6], [5, 1], []], [true, false, false]],
    [{ contains: { minimum: 5 }, minContains: 0 }, [[1], []], [true, true]],
    [{ contains: { minimum: 5 }, maxContains: 1 }, [[5, 1], [5, 6], []], [true, false, false]],
    [{ contains: { minimum: 5 }, minContains: 0, maxContains: 1 }, [[], [5], [5, 5]], [true, true, false]],
    [{ contains: { minimum: 5 }, minContains: 2, maxContains: 1 }, [[], [5], [5, 6]], [false, false, false]],
    [{ contains: true }, [[0], []], [true, false]],
    [{ contains: false }, [[0], []], [false, false]],
    [{ minContains: 2 }, [[], [1]], [true, true]],
    [{ contains: { contains: { const: 1 } } }, [[[1]], [[1], []], [[]], []], [true, true, false, false]],
    [{ not: { contains: { const: 1 } } }, [[], [2], [1]], [true, true, false]],
    [JSON.parse('{"if": {"contains": {"const": 1}}, "then": {"minItems": 2}}'), [[1], [], [1, 2]], [false, true, true]],
  ])('%j', (schema, documents, expected) => {
    expect(allows(schema, ...documents)).toEqual(expected);
  });

  test('names that every object of JavaScript has are no properties of a document', () => {
    const required = { required: ['toString', 'constructor', 'length'] };
    const all = JSON.parse('{"toString": 1, "constructor": 1, "length": 1}') as object;
    expect(allows(required, {}, all)).toEqual([false, true]);
    expect(allows({ properties: { constructor: { type: 'number' } } }, {}, { constructor: 'x' })).toEqual([
      true,
      false,
    ]);
  });

  test('a reference may lead round as long as the document gets smaller', () => {
    const list = { properties: { next: { $ref: '#' }, n: { type: 'number' } } };
    expect(allows(list, { next: { next: { n: 1 } } }, { next: { next: { n: 'x' } } })).toEqual([true, false]);
  });

  test('one sentence says how many items an array lacks', () => {
    const [fault] = compilePolicy('p', { contains: { const: 1 }, minContains: 2, maxContains: 3 }).faults([2, 2]);
    expect(
      compilePolicy('p', { contains: { const: 1 }, minContains: 2, maxContains: 3 })
        .faults([1])
        .at(-1),
    ).toMatchObject({
      message: 'must contain at least 2 and at most 3 matching item(s)',
    });
    expect(fault).toBeDefined();
  });
});

describe('a schema that would switch itself off, or be judged wrongly, is refused by the keyword:', () => {
  test.each<[string, unknown]>([
    ['$async', { $async: true, required: ['x'] }],
    ['$async', { properties: { a: { anyOf: [{ $async: false }] } } }],
    ['$dynamicRef', { items: { $dynamicRef: '#node' } }],
    ['$dynamicAnchor', { $defs: { a: { $dynamicAnchor: 'a' } } }],
    ['unevaluatedItems', { prefixItems: [true], unevaluatedItems: false }],
    ['unevaluatedProperties', { allOf: [{ unevaluatedProperties: false }] }],
    ['$schema', { $schema: 'http://json-schema.org/draft-07/schema#' }],
    ['$vocabulary', { $vocabulary: {} }],
    ['$ref', { $ref: '#/const/x', const: { x: { $async: true } } }],
    ['$ref', { $ref: 'https://example.com/other.json' }],
    ['$ref', { $ref: '#' }],
    ['$ref', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }],
    ['$ref', { allOf: [{ $ref: '#' }], required: ['x'] }],
    ['properties', JSON.parse('{"properties": {"__proto__": false}}')],
    ['enum', { enum: [] }],
  ])('%s', (keyword, schema) => {
    const said = refusal(schema);
    expect(said).toMatch(/^The schema lb\/p\.json /);
    expect(said).toContain(keyword);
    expect(said).not.toMatch(/call stack|^judged/);
  });

  test('but a property of such a name, or data that holds one, is none', () => {
    const schema = {
      $schema: DIALECT,
      properties: { $async: { type: 'boolean' }, unevaluatedItems: true, $ref: { const: { $dynamicRef: 1 } } },
      default: { $async: true },
    };
    expect(allows(schema, { $async: true }, { $async: 1 })).toEqual([true, false]);
  });
});
