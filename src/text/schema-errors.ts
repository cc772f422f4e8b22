import { append, appendTo } from './append.ts';
import {
  Ajv2020,
  type AnySchemaObject,
  type ErrorObject,
  type SchemaObject,
  type ValidateFunction,
} from 'ajv/dist/2020.js';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { child, headOf, nodeAt, pointerKeys, toPlain, type PNode } from './positioned.ts';
import { count, list, name, say, words } from './say.ts';
import { didYouMean } from './suggest.ts';

/** One place where a document does not follow its schema. */
export interface SchemaFault {
  readonly at: Span;
  /** Keys and indexes from the root to the value at fault. */
  readonly path: readonly string[];
  readonly keyword: string;
  /** The value at fault; undefined when it is something that is missing. */
  readonly node: PNode | undefined;
  readonly what: Text;
  readonly fix: Text;
}

/** Faults that are reported of one document. */
export const MAX_SCHEMA_FAULTS = 50;

/** Checks documents against one of our own schemas, whose descriptions become words of messages. Compiling is dear, so it is done at the first use. */
export class SchemaCheck {
  readonly #schema: SchemaObject;
  #validate: ValidateFunction | undefined;

  constructor(schema: SchemaObject) {
    this.#schema = schema;
  }

  /** The faults of a document in the order of its text; at most MAX_SCHEMA_FAULTS. */
  faults(root: PNode): readonly SchemaFault[] {
    this.#validate ??= new Ajv2020({
      allErrors: true,
      verbose: true,
      strictRequired: false,
      allowUnionTypes: true,
    }).compile(this.#schema);
    if (this.#validate(toPlain(root))) return [];
    return schemaFaults(root, this.#validate.errors ?? []);
  }
}

/** ajv's errors (made with `verbose`) as faults with places. */
function schemaFaults(root: PNode, errors: readonly ErrorObject[]): readonly SchemaFault[] {
  const faults: SchemaFault[] = [];
  const seen = new Set<string>();
  for (const error of withoutWrappers(errors)) {
    const fault = faultOf(root, error);
    // One value may be reached by several aliases; its fault is told once.
    const key = `${fault.at.start} ${error.keyword} ${JSON.stringify(error.params)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    faults.push(fault);
    if (faults.length >= MAX_SCHEMA_FAULTS) break;
  }
  return faults.toSorted((a, b) => a.at.start - b.at.start);
}

/**
 * Names a path for people: `pools[app].servers[2].weight`; empty for the root. An item of a list goes by its name where it
 * has one, so that a message stays the same when items before it come and go.
 */
export function pathName(path: readonly string[], root: PNode): string {
  let node: PNode | undefined = root;
  let text = '';
  for (const key of path) {
    const isItem: boolean = node?.kind === 'seq';
    node = node === undefined ? undefined : nodeAt(node, [key]);
    const label = child(node, 'name');
    if (isItem) text += `[${label?.kind === 'scalar' && typeof label.value === 'string' ? label.value : key}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}

/**
 * Drops errors that only say that another one is there (`if`), and of a choice (`anyOf`, `oneOf`) keeps the branch that
 * was meant: the one whose type the value has, else the choice itself in one error. ajv lists branches before their choice.
 */
function withoutWrappers(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword === 'if') continue;
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      kept.push(error);
      continue;
    }
    const branches = new Map<string, ErrorObject[]>();
    const prefix = `${error.schemaPath}/`;
    let last = kept.at(-1);
    while (
      last !== undefined &&
      last.instancePath.startsWith(error.instancePath) &&
      last.schemaPath.startsWith(prefix)
    ) {
      const branch = last.schemaPath.slice(prefix.length).split('/', 1)[0] ?? '';
      appendTo(branches, branch, last);
      kept.pop();
      last = kept.at(-1);
    }
    // They come from the last one back.
    const inOrder = [...branches.values()].map((branch) => branch.toReversed());
    const meant = inOrder.filter((branch) => !branch.some((inner) => isOfOtherType(inner, error)));
    const best = meant.toSorted((a, b) => a.length - b.length)[0];
    if (best === undefined) kept.push({ ...error, params: { branches: inOrder.toReversed().flat() } });
    else append(kept, best);
  }
  return kept;
}

function isOfOtherType(inner: ErrorObject, choice: ErrorObject): boolean {
  if (inner.instancePath !== choice.instancePath) return false;
  if (inner.keyword === 'type') return true;
  return inner.keyword === 'enum' && !allowed(inner).some((value) => typeof value === typeof inner.data);
}

function allowed(error: ErrorObject): readonly unknown[] {
  const values: unknown = error.params['allowedValues'];
  return Array.isArray(values) ? values : [];
}

function faultOf(root: PNode, error: ErrorObject): SchemaFault {
  const path = pointerKeys(error.instancePath);
  const parent = nodeAt(root, path) ?? root;
  const extra = extraKey(error);
  const base = { path, keyword: error.keyword, ...explain(error, path, root) };
  if (extra !== undefined && parent.kind === 'map') {
    const at = parent.entries.get(extra)?.keyAt ?? headOf(parent);
    return { ...base, at, path: [...path, extra], node: parent.entries.get(extra)?.value };
  }
  const missing = error.keyword === 'required' || error.keyword === 'dependentRequired';
  return { ...base, at: headOf(parent), node: missing ? undefined : parent };
}

function isQuotedNumber({ data, parentSchema }: ErrorObject): boolean {
  const types: unknown = parentSchema?.['type'];
  const number = Array.isArray(types) && types.some((type) => type === 'number' || type === 'integer');
  return number && typeof data === 'string' && /^-?\d+(?:\.\d+)?$/.test(data);
}

/** The key that an error is about when it is about a key and not about a value. */
function extraKey(error: ErrorObject): string | undefined {
  const params = error.params;
  const key: unknown = params['additionalProperty'] ?? params['unevaluatedProperty'] ?? params['propertyName'];
  return typeof key === 'string' ? key : undefined;
}

function explain(error: ErrorObject, path: readonly string[], root: PNode): { what: Text; fix: Text } {
  const params: Readonly<Record<string, unknown>> = error.params;
  const here = path.length === 0 ? words('The document') : name(pathName(path, root));
  const limit = Number(params['limit']);
  const value = shown(error.data);
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(extraKey(error) ?? '', here, error.parentSchema);
    case 'propertyNames':
      return { what: say`${extraKey(error) ?? ''} is not a valid key of ${here}`, fix: words('Rename the key.') };
    case 'required': {
      const key = String(params['missingProperty']);
      return { what: say`${here} has no ${key}`, fix: say`Add ${key}${describes(error, key)}.` };
    }
    case 'type':
      return {
        what: say`${here} is ${kindOf(error.data)}${value}, not ${typeNames(params['type'])}`,
        fix: typeFix(error.data, params['type']),
      };
    case 'const':
      return { what: say`${here} is${value}`, fix: say`Set ${String(params['allowedValue'])}.` };
    case 'enum':
      return notListed(here, error.data, allowed(error));
    case 'anyOf':
    case 'oneOf':
      return noBranch(here, error);
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return { what: say`${here} is${value}`, fix: say`Set a number ${words(BOUNDS[error.keyword] ?? '')} ${limit}.` };
    case 'minItems':
    case 'minProperties':
    case 'minLength':
    case 'maxItems':
    case 'maxProperties':
    case 'maxLength': {
      const most = error.keyword.startsWith('max') ? 'most' : 'least';
      return { what: say`${here} is ${size(error)}`, fix: say`Set at ${words(most)} ${sized(error, limit)}.` };
    }
    case 'false schema':
      return { what: say`${here} is not allowed in addition to another key`, fix: words('Remove one of the two.') };
    case 'pattern':
      // A number, or one of a few words: a number in quotes was meant as a number.
      if (isQuotedNumber(error)) return explain({ ...error, keyword: 'type', params: { type: 'number' } }, path, root);
      return { what: say`${here} is${value}, which has an invalid form`, fix: patternFix(error) };
    case 'uniqueItems': {
      const [first, second] = [Number(params['i']), Number(params['j'])].toSorted((a, b) => a - b);
      return {
        what: say`${here} lists the same value twice: ${`[${first}]`} and ${`[${second}]`}`,
        fix: words('Remove one of them.'),
      };
    }
    default:
      return {
        what: say`${here} does not hold ${error.keyword}: ${error.message ?? ''}`,
        fix: words('Set a valid value.'),
      };
  }
}

function unknownKey(key: string, here: Text, parentSchema: AnySchemaObject | undefined): { what: Text; fix: Text } {
  const known = Object.keys((parentSchema?.['properties'] as object | undefined) ?? {});
  const meant = didYouMean(key, known);
  const what = say`${here} has no key ${key}`;
  if (meant !== undefined) return { what, fix: say`Rename it; did you mean ${meant}?` };
  return { what, fix: known.length === 0 ? words('Remove it.') : say`Remove it; valid keys are ${list(known, 20)}.` };
}

function notListed(here: Text, value: unknown, values: readonly unknown[]): { what: Text; fix: Text } {
  const names = values.map(String);
  const meant = typeof value === 'string' ? didYouMean(value, names) : undefined;
  const what = say`${here} is${shown(value)}, which is not one of its values`;
  const others = names.filter((other) => other !== meant);
  const choices = say`${words(others.length === 1 ? '' : 'one of ')}${list(others, 20)}`;
  if (meant === undefined) return { what, fix: say`Set ${choices}.` };
  return { what, fix: others.length === 0 ? say`Set ${meant}.` : say`Set ${meant}, or ${choices}.` };
}

function noBranch(here: Text, error: ErrorObject): { what: Text; fix: Text } {
  const inner = (error.params['branches'] ?? []) as readonly ErrorObject[];
  const forms: Text[] = [];
  for (const branch of inner) {
    if (branch.instancePath !== error.instancePath) continue;
    if (branch.keyword === 'enum') forms.push(...allowed(branch).map((value) => name(String(value))));
    if (branch.keyword === 'type') forms.push(typeNames(branch.params['type']));
  }
  const what = say`${here} is ${kindOf(error.data)}${shown(error.data)}, which is not one of its forms`;
  return { what, fix: forms.length === 0 ? words('Set a valid value.') : say`Set one of: ${list(forms, 20)}.` };
}

/** The schema's own words on a key, as `: what it is`. */
function describes(error: ErrorObject, key: string): Text {
  const properties = error.parentSchema?.['properties'] as Readonly<Record<string, SchemaObject>> | undefined;
  const known = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
  const about: unknown = known?.['description'];
  return typeof about === 'string' ? words(` (${about.replace(/\.$/, '')})`) : words('');
}

function patternFix(error: ErrorObject): Text {
  const types: unknown = error.parentSchema?.['type'];
  // A number, or one word: a number in quotes is the likelier slip.
  if (
    Array.isArray(types) &&
    typeof error.data === 'string' &&
    error.data.trim() !== '' &&
    Number.isFinite(Number(error.data))
  )
    return say`Write it without quotes: ${error.data.trim()}.`;
  const about: unknown = error.parentSchema?.['description'];
  return typeof about === 'string' ? words(about) : say`Set a value that matches ${String(error.params['pattern'])}.`;
}

const BOUNDS: Readonly<Record<string, string>> = {
  minimum: 'of at least',
  exclusiveMinimum: 'above',
  maximum: 'of at most',
  exclusiveMaximum: 'below',
};

function size(error: ErrorObject): Text {
  const data: unknown = error.data;
  const { length } = typeof data === 'string' || Array.isArray(data) ? data : Object.keys(data ?? {});
  return length === 0 ? words('empty') : say`${sized(error, length)} long`;
}

function sized({ keyword }: ErrorObject, length: number): Text {
  return keyword.endsWith('Length') ? count(length, 'character') : count(length, 'entry', 'entries');
}

function kindOf(value: unknown): Text {
  if (value === null) return words('empty');
  if (Array.isArray(value)) return words('a list');
  return words(typeof value === 'object' ? 'a map' : typeof value === 'string' ? 'the text' : `the ${typeof value}`);
}

/** ` value` for a scalar, nothing for the rest; long values are cut. */
function shown(value: unknown): Text {
  if (typeof value === 'string') return say` ${value.length > 60 ? `${value.slice(0, 60)}…` : value}`;
  return typeof value === 'number' || typeof value === 'boolean' ? say` ${String(value)}` : words('');
}

const TYPE_WORDS: ReadonlyMap<unknown, string> = new Map([
  ['object', 'a map'],
  ['array', 'a list'],
  ['string', 'a text'],
  ['number', 'a number'],
  ['integer', 'a whole number'],
  ['boolean', 'true or false'],
  ['null', 'empty'],
]);

function typeNames(types: unknown): Text {
  const all: readonly unknown[] = Array.isArray(types) ? types : [types];
  return words(all.map((type) => TYPE_WORDS.get(type) ?? String(type)).join(' or '));
}

function typeFix(data: unknown, types: unknown): Text {
  const all: readonly unknown[] = Array.isArray(types) ? types : [types];
  if (all.includes('boolean') && typeof data === 'string' && /^(?:yes|no|on|off|y|n)$/i.test(data)) {
    return say`Set ${/^(?:yes|on|y)$/i.test(data) ? 'true' : 'false'}: in YAML 1.2 ${data} is a text.`;
  }
  if (all.includes('string') && typeof data === 'number') return say`Add quotes: ${`"${data}"`}.`;
  if (
    (all.includes('number') || all.includes('integer')) &&
    typeof data === 'string' &&
    data.trim() !== '' &&
    Number.isFinite(Number(data))
  ) {
    return say`Remove the quotes: ${data.trim()}.`;
  }
  return say`Set ${typeNames(types)}.`;
}
