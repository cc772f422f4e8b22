import { createContext, Script } from 'node:vm';
import { Ajv2020, type ErrorObject, type SchemaObject } from 'ajv/dist/2020.js';
import { InputError } from '../model/tree.ts';
import { CONTAINS, refusedKeyword } from './policy-keywords.ts';

/** One place where a document breaks a policy. */
export interface PolicyFault {
  readonly instancePath: string;
  readonly schemaPath: string;
  /** The nearest `description` of the schema: the sentence that people are shown. */
  readonly description: string | undefined;
  /** The rule of the checklist that says the same (`x-rule`). */
  readonly rule: string | undefined;
  /** What the value must be, in ajv's words: `must be <= 0.25`. */
  readonly message: string;
}

export interface Policy {
  faults(document: unknown): readonly PolicyFault[];
}

/** Longest time that a policy may take for one document, ms; a pattern of a schema can be made to run for ever. */
const TIME_LIMIT_MS = 2000;
/** On a machine that is busy with other things the limit is doubled up to this, ms. */
const BUSY_LIMIT_MS = 64_000;

/**
 * Compiles a JSON Schema (draft 2020-12) of the user. Throws InputError when it is none, or names the keyword by which it could
 * not be judged rightly.
 */
export function compilePolicy(file: string, schema: unknown): Policy {
  const refused = refusedKeyword(schema);
  if (refused !== undefined) {
    const { keyword, instead } = refused;
    throw new InputError(`The schema ${file} uses ${keyword}, which cannot be judged here; ${instead}.`);
  }
  const validate = limited(file, () => {
    // One that was stopped half way is of no more use.
    const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, ownProperties: true, logger: false });
    ajv.removeKeyword('contains').addKeyword(CONTAINS);
    ajv.addKeyword({ keyword: 'x-rule', schemaType: 'string' });
    try {
      return ajv.compile(schema as SchemaObject);
    } catch (error) {
      if (isTimeout(error) || isTooDeep(error)) throw error;
      if (error instanceof Ajv2020.MissingRefError) {
        throw new InputError(
          `The schema ${file} has a $ref to ${JSON.stringify(error.missingRef.slice(0, 200))}, which is not in it; put what it names under $defs.`,
        );
      }
      throw new InputError(`The schema ${file} is not a usable JSON Schema: ${reasonOf(error)}.`);
    }
  });
  return {
    faults: (document) => (limited(file, () => validate(document)) ? [] : leaves(validate.errors ?? []).map(faultOf)),
  };
}

const BOX: { work: () => unknown } = { work: () => undefined };
const CONTEXT = createContext(BOX);
const CALL = new Script('work()');

/**
 * Runs a piece of work that is stopped when it takes too long, in the middle of a pattern if need be. Work that hardly came to a
 * processor is not to blame for the time: it begins again with more.
 */
function limited<T>(file: string, work: () => T): T {
  BOX.work = work;
  for (let limit = TIME_LIMIT_MS; ; limit *= 2) {
    const before = process.cpuUsage();
    try {
      return CALL.runInContext(CONTEXT, { timeout: limit }) as T;
    } catch (error) {
      if (isTooDeep(error))
        throw new InputError(`The schema ${file} has a $ref that leads back to itself; let each $ref go on to less.`);
      if (!isTimeout(error)) throw error;
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1000 < TIME_LIMIT_MS / 2 && limit < BUSY_LIMIT_MS) continue;
      throw new InputError(
        `The schema ${file} ran for more than ${TIME_LIMIT_MS / 1000} s; make its patterns simpler.`,
      );
    }
  }
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

/** A `$ref` that leads back to itself goes on until the stack is full; an error of the other context has that context's types. */
function isTooDeep(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError';
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'it cannot be compiled').slice(0, 200);
}

/** Errors that only say that others are there are left out. */
function leaves(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  return errors.filter((error) => error.keyword !== 'if');
}

function faultOf(error: ErrorObject): PolicyFault {
  const schema = error.parentSchema;
  const description: unknown = schema?.['description'];
  const rule: unknown = schema?.['x-rule'];
  return {
    instancePath: error.instancePath,
    schemaPath: error.schemaPath,
    description: typeof description === 'string' ? description : undefined,
    rule: typeof rule === 'string' ? rule : undefined,
    message: error.message ?? 'is not allowed',
  };
}
