import type { Expression } from '../hcl/syntax.ts';
import type { Entry, Value } from '../values.ts';
import { evaluate, type Scope } from './evaluate.ts';

/** A value as the type of its variable has it: what an object leaves out is null, or the default of `optional`. */
export function converted(value: Value, type: Expression, scope: Scope): Value {
  if (type.kind !== 'call') return value;
  const [inner] = type.args;
  if (inner === undefined) return value;
  switch (type.name) {
    case 'list':
    case 'set':
      return value.kind === 'list'
        ? { ...value, items: value.items.map((item) => converted(item, inner, scope)) }
        : value;
    case 'map': {
      if (value.kind !== 'map') return value;
      const entries = [...value.entries].map(
        ([key, entry]) => [key, { ...entry, value: converted(entry.value, inner, scope) }] as const,
      );
      return { ...value, entries: new Map(entries) };
    }
    case 'object':
      return inner.kind === 'object' && value.kind === 'map' ? completed(value, inner, scope) : value;
    default:
      return value;
  }
}

function completed(value: Value & { kind: 'map' }, type: Expression & { kind: 'object' }, scope: Scope): Value {
  const entries = new Map<string, Entry>(value.entries);
  for (const { key, value: declared } of type.entries) {
    if (key.kind !== 'literal') continue;
    const name = String(key.value);
    const optional = declared.kind === 'call' && declared.name === 'optional' ? declared.args : undefined;
    const [inner = declared, otherwise] = optional ?? [];
    const own = entries.get(name);
    const isAbsent = own === undefined || (own.value.kind === 'scalar' && own.value.value === null);
    const given: Entry =
      own !== undefined && !isAbsent
        ? own
        : {
            keyAt: value.at,
            value: otherwise === undefined ? { kind: 'scalar', at: value.at, value: null } : evaluate(otherwise, scope),
          };
    entries.set(name, { ...given, value: converted(given.value, inner, scope) });
  }
  return { ...value, entries };
}
