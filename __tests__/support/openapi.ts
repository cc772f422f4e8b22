import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

export type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly parameters?: readonly Json[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
}

interface Spec {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Json;
}

export interface Match {
  /** `GET /repos/{owner}/{repo}/issues`. */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly operation: Operation;
}

/** The part of GitHub's own OpenAPI description that script/lib/openapi-subset.mjs kept. */
export class GitHubDescription {
  readonly #spec = JSON.parse(readFileSync(new URL('fixtures/github-openapi.json', import.meta.url), 'utf8')) as Spec;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, coerceTypes: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor() {
    this.#ajv.addSchema({ $id: 'spec', components: nullable(this.#spec.components) });
  }

  /** The operation of a request; undefined when GitHub has none there (or the subset does not). */
  match(method: string, pathname: string): Match | undefined {
    for (const [route, operations] of Object.entries(this.#spec.paths)) {
      const operation = operations[method.toLowerCase()];
      if (operation === undefined) continue;
      const names = [...route.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '');
      const hit = new RegExp(`^${route.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(pathname);
      if (hit === null) continue;
      const params = Object.fromEntries(names.map((n, i) => [n, decodeURIComponent(hit[i + 1] ?? '')]));
      return { name: `${method.toUpperCase()} ${route}`, params, operation };
    }
    return undefined;
  }

  /** What is wrong with a request; undefined when it is as described. */
  checkRequest(match: Match, query: URLSearchParams, body: unknown): string | undefined {
    const known = new Map((match.operation.parameters ?? []).map((p) => this.#parameter(p)).map((p) => [p['name'], p]));
    for (const [name, value] of query) {
      const parameter = known.get(name);
      if (parameter?.['in'] !== 'query') return `unknown query parameter ${name}`;
      const schema = parameter['schema'] as Json;
      const typed =
        schema['type'] === 'integer' ? Number(value) : schema['type'] === 'boolean' ? value === 'true' : value;
      const problem = this.#check(`${match.name} ?${name}`, schema, typed);
      if (problem !== undefined) return `query ${name}: ${problem}`;
    }
    const schema = match.operation.requestBody?.content?.['application/json']?.schema;
    if (schema === undefined) return body === undefined ? undefined : 'a body where none is described';
    const unknown = Object.keys((body ?? {}) as Json).find(
      (key) => !Object.hasOwn((schema['properties'] ?? {}) as Json, key),
    );
    return unknown !== undefined ? `unknown key ${unknown}` : this.#check(`${match.name} body`, schema, body ?? {});
  }

  /** What is wrong with an answer; undefined when it is as described. */
  checkAnswer(match: Match, status: number, body: unknown): string | undefined {
    const described = this.#follow(match.operation.responses[String(status)]);
    const content = described?.['content'] as Readonly<Record<string, { schema: Json }>> | undefined;
    const schema = content?.['application/json']?.schema;
    return schema === undefined ? undefined : this.#check(`${match.name} ${status}`, schema, body);
  }

  /** The smallest answer of a named operation that is as described. */
  sample(route: string, method: string, status: number): Json {
    const described = this.#follow(this.#spec.paths[route]?.[method]?.responses[String(status)]);
    const content = described?.['content'] as Readonly<Record<string, { schema: Json }>> | undefined;
    return this.#sample(content?.['application/json']?.schema ?? {}) as Json;
  }

  #sample(given: Json): unknown {
    const schema = this.#follow(given) ?? given;
    if (schema['nullable'] === true) return null;
    const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Json[] | undefined;
    if (choices?.[0] !== undefined) return this.#sample(choices[0]);
    const parts = schema['allOf'] as readonly Json[] | undefined;
    if (parts !== undefined) return Object.assign({}, ...parts.map((part) => this.#sample(part) as object)) as Json;
    const values = schema['enum'] as readonly unknown[] | undefined;
    if (values !== undefined) return values[0];
    switch (schema['type']) {
      case 'object':
      case undefined: {
        const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Json>>;
        const required = (schema['required'] ?? []) as readonly string[];
        return Object.fromEntries(required.map((key) => [key, this.#sample(properties[key] ?? {})]));
      }
      case 'array':
        return [];
      case 'boolean':
        return false;
      case 'string':
        return 'x';
      default:
        return 1;
    }
  }

  #parameter(parameter: Json): Json {
    return this.#follow(parameter) ?? parameter;
  }

  #follow(part: Json | undefined): Json | undefined {
    const ref = part?.['$ref'];
    if (typeof ref !== 'string') return part;
    return ref
      .split('/')
      .slice(2)
      .reduce<Json>((here, key) => here[key] as Json, this.#spec.components);
  }

  #check(key: string, schema: Json, value: unknown): string | undefined {
    let check = this.#compiled.get(key);
    if (check === undefined) {
      const text = JSON.stringify(nullable(schema)).replaceAll('"#/components/', '"spec#/components/');
      check = this.#ajv.compile(JSON.parse(text) as Json);
      this.#compiled.set(key, check);
    }
    return check(value) ? undefined : this.#ajv.errorsText(check.errors).slice(0, 500);
  }
}

/** OpenAPI 3.0 allows `nullable` without `type`; JSON Schema has to be told with null as one of the choices. */
function nullable(value: unknown): Json {
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    const copy = Object.fromEntries(Object.entries(part).map(([k, v]) => [k, walk(v)]));
    if (copy['nullable'] !== true || 'type' in copy) return copy;
    const { nullable: _, ...rest } = copy;
    return { anyOf: [{ type: 'null' }, rest] };
  };
  return walk(value) as Json;
}
