import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import type { Block, Body } from '../hcl/syntax.ts';
import type { Entry, MapValue, Resource, Value } from '../values.ts';
import { communityResources, isCommunityModule } from './community-module.ts';
import { evaluate, membersOf, unknown, type Scope } from './evaluate.ts';
import { attributeIn, type Instance } from './instances.ts';
import type { Module } from './module.ts';

/** The older spelling of a type is the newer one. */
export function currentType(type: string): string {
  return type.replace(/^aws_alb(?=_|$)/, 'aws_lb');
}

/** Every resource of a module and of those that it calls, one for each instance, if `wanted` says so of its type. */
export function resourcesOf(module: Module, wanted: (type: string) => boolean, uncounted?: Span): Resource[] {
  const own = [...module.resources.values()].flatMap((block) => {
    const [type = '', label = ''] = block.labels;
    if (!wanted(currentType(type))) return [];
    const make = (count: Setting<number>, scope: Scope, suffix = ''): Resource => ({
      type: currentType(type),
      address: `${module.path}${type}.${label}${suffix}`,
      name: `${module.path}${label}${suffix}`,
      at: block.at,
      args: argumentsOf(block.body, block.at, scope),
      count,
    });
    const once: Setting<number> =
      uncounted === undefined ? implied(1, block.at) : written<number>(undefined, uncounted);
    const instances = module.instancesOf(block);
    if (instances.kind === 'one') return [make(once, module.scope())];
    if (instances.kind === 'unknown') return [make(written<number>(undefined, instances.at), module.scope())];
    return instances.members.map((one: Instance) => make(once, module.scope(one, instances.by), one.suffix));
  });
  const called = [...module.calls.keys()].flatMap((name) =>
    module.children(name).flatMap((child) => resourcesOf(child.module, wanted, uncounted ?? child.uncounted)),
  );
  const external = [...module.data].flatMap(([address, block]): Resource[] => {
    const [type = '', label = ''] = block.labels;
    if (!/^aws_lb(?:_target_group)?$/.test(currentType(type))) return [];
    const { at } = block;
    const args: MapValue = { kind: 'map', at, entries: new Map() };
    const name = `${module.path}${label}`;
    return [
      {
        type: currentType(type),
        address: `${module.path}${address}`,
        name,
        at,
        args,
        count: implied(1, at),
        external: true,
      },
    ];
  });
  const foreign = [...module.calls].flatMap(([name, block]) =>
    module.children(name).length === 0 && isCommunityModule(block) ? communityResources(module, block) : [],
  );
  return [...own, ...external, ...called, ...foreign];
}

/** Attributes, and lists of blocks, as values. */
export function argumentsOf(body: Body, at: Span, scope: Scope): MapValue {
  const entries = new Map<string, Entry>();
  const lists = new Map<string, Value[]>();
  const add = (name: string, keyAt: Span, items: readonly Value[]): void => {
    const list = lists.get(name);
    if (list !== undefined) list.push(...items);
    else {
      const made = [...items];
      lists.set(name, made);
      entries.set(name, { keyAt, value: { kind: 'list', at: keyAt, items: made } });
    }
  };
  for (const item of body) {
    if (item.kind === 'attribute') entries.set(item.name, { keyAt: item.nameAt, value: evaluate(item.value, scope) });
    else if (item.type === 'dynamic') add(item.labels[0] ?? '', item.at, dynamicBlocks(item, scope));
    else add(item.type, item.at, [argumentsOf(item.body, item.at, scope)]);
  }
  return { kind: 'map', at, entries };
}

/** `dynamic "target_group" { for_each = …; content { … } }`: a block for each member; one unknown where they are unknown. */
function dynamicBlocks(block: Block, scope: Scope): Value[] {
  const each = attributeIn(block, 'for_each');
  const content = block.body.find((item): item is Block => item.kind === 'block' && item.type === 'content');
  if (each === undefined || content === undefined) return [];
  const members = membersOf(evaluate(each.value, scope));
  if (members === undefined) return [unknown(each.value.at)];
  const named = attributeIn(block, 'iterator')?.value;
  const iterator = named?.kind === 'name' ? named.name : (block.labels[0] ?? '');
  return members.map(({ key, value }) => {
    const entries = new Map([
      ['key', { keyAt: key.at, value: key }],
      ['value', { keyAt: value.at, value }],
    ]);
    const names = new Map(scope.names).set(iterator, { kind: 'map', at: value.at, entries });
    return argumentsOf(content.body, content.at, { resolve: scope.resolve.bind(scope), budget: scope.budget, names });
  });
}
