import { _, type CodeKeywordDefinition, type KeywordCxt } from 'ajv/dist/2020.js';
import { Type } from 'ajv/dist/compile/util.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Why a schema cannot be a policy, by the keyword: it would be judged wrongly, or not at all. Its author is told the way round it. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['$async', 'it would make the schema hold for nothing'],
  ['$dynamicRef', 'write $ref'],
  ['$dynamicAnchor', 'write $anchor and $ref'],
  ['$recursiveRef', 'write $ref'],
  ['$recursiveAnchor', 'write $anchor and $ref'],
  ['$vocabulary', 'the vocabularies of draft 2020-12 are the ones in force'],
  ['unevaluatedItems', 'write items beside prefixItems'],
  ['unevaluatedProperties', 'write additionalProperties beside all properties'],
]);
/** Keywords whose value is data, where a name means nothing. */
const DATA: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples']);
/** Keywords whose value maps names of the author's own to schemas. */
const NAMED: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);

export interface RefusedKeyword {
  readonly keyword: string;
  /** What its author can do about it, as half a sentence. */
  readonly instead: string;
}

/** The first keyword anywhere in a schema that would not be judged rightly; undefined when there is none. */
export function refusedKeyword(schema: unknown): RefusedKeyword | undefined {
  const left: unknown[] = [schema];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    for (const [keyword, value] of Object.entries(node)) {
      const instead = Array.isArray(node) ? undefined : (REFUSED.get(keyword) ?? misused(keyword, value));
      if (instead !== undefined) return { keyword, instead };
      if (Array.isArray(node) || !DATA.has(keyword)) left.push(...(NAMED.has(keyword) ? valuesOf(value) : [value]));
    }
  }
  return undefined;
}

/** The schemas under names; the names themselves are no keywords. */
function valuesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function misused(keyword: string, value: unknown): string | undefined {
  if (keyword === '$schema' && typeof value === 'string' && value.replace(/#$/, '') !== DIALECT)
    return `write ${DIALECT}`;
  if (keyword === '$ref' && typeof value === 'string' && /#.*\/(?:const|enum|default|examples)\//.test(value))
    return 'put what it names under $defs';
  if (NAMED.has(keyword) && typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
    return 'leave out the name __proto__';
  return undefined;
}

/**
 * `contains` with its limits. ajv 8.20.0 keeps the result of the array before for an empty one, so that a policy depended on the
 * order of what it looks at: this one counts, and begins at 0 for every array.
 */
export const CONTAINS: CodeKeywordDefinition = {
  keyword: 'contains',
  type: 'array',
  schemaType: ['object', 'boolean'],
  before: 'uniqueItems',
  trackErrors: true,
  error: {
    message: ({ params }) =>
      _`${'must contain at least '} + ${params['min']} + ${params['most']} + ${' matching item(s)'}`,
    params: ({ params }) => _`{minContains: ${params['min']}}`,
  },
  code(cxt: KeywordCxt) {
    const { gen, data, parentSchema } = cxt;
    const limits = parentSchema as { readonly minContains?: number; readonly maxContains?: number };
    const { minContains: min = 1, maxContains: max } = limits;
    const count = gen.let('count', 0);
    gen.forRange('i', 0, _`${data}.length`, (i) => {
      const matches = gen.name('matches');
      cxt.subschema({ keyword: 'contains', dataProp: i, dataPropType: Type.Num, compositeRule: true }, matches);
      gen.if(matches, () => gen.code(_`${count}++`));
    });
    cxt.setParams({ min, most: max === undefined ? '' : ` and at most ${max}` });
    const enough = _`${count} >= ${min}`;
    cxt.result(max === undefined ? enough : _`${enough} && ${count} <= ${max}`, () => cxt.reset());
  },
};
