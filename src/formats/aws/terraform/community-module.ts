import type { Span } from '../../../model/span.ts';
import { implied } from '../../../model/span.ts';
import { textOf } from '../../../text/source.ts';
import type { Block } from '../hcl/syntax.ts';
import { argument, type Entry, type MapValue, type Resource, type Value } from '../values.ts';
import { evaluate } from './evaluate.ts';
import { attributeIn } from './instances.ts';
import type { Module } from './module.ts';

/**
 * The load balancer module of the registry that most configurations use, `terraform-aws-modules/alb/aws`, is not in the repository
 * of those who call it. Its arguments are read as the resources that it makes: lists up to version 8, maps from version 9.
 */
export function isCommunityModule(block: Block): boolean {
  const source = attributeIn(block, 'source');
  if (source !== undefined && /terraform-aws-modules\/(?:terraform-aws-)?alb\b/.test(textOf(source.value.at)))
    return true;
  // A copy that is not there is known by its arguments.
  const has = (name: string): boolean => attributeIn(block, name) !== undefined;
  return has('target_groups') && (has('http_tcp_listeners') || has('https_listeners'));
}

/** The resources that a call of the module makes. */
export function communityResources(module: Module, block: Block): Resource[] {
  const scope = module.scope();
  const entries = block.body.flatMap((item): [string, Entry][] =>
    item.kind === 'attribute' ? [[item.name, { keyAt: item.nameAt, value: evaluate(item.value, scope) }]] : [],
  );
  const args: MapValue = { kind: 'map', at: block.at, entries: new Map(entries) };
  return new Maker(`${module.path}module.${block.labels[0] ?? ''}.`, args).all();
}

/** Names of the module's arguments that are others in the resource. */
const RENAMED: Readonly<Record<string, string>> = {
  backend_protocol: 'protocol',
  backend_port: 'port',
  path_patterns: 'path_pattern',
  host_headers: 'host_header',
  http_headers: 'http_header',
  query_strings: 'query_string',
  http_request_methods: 'http_request_method',
  source_ips: 'source_ip',
};

class Maker {
  readonly #path: string;
  readonly #args: MapValue;
  readonly #found: Resource[] = [];

  constructor(path: string, args: MapValue) {
    this.#path = path;
    this.#args = args;
  }

  all(): Resource[] {
    const { at } = this.#args;
    this.#add('aws_lb', '', at, {
      // The module switches it on, whatever the kind.
      enable_cross_zone_load_balancing: { kind: 'scalar', at, value: true },
      ...this.#pick('load_balancer_type', 'enable_cross_zone_load_balancing', 'idle_timeout', 'internal'),
    });
    for (const [key, group] of members(argument(this.#args, 'target_groups'))) this.#group(key, group);
    for (const [key, listener] of members(argument(this.#args, 'listeners'))) {
      this.#listener(`listeners[${JSON.stringify(key)}]`, listener, 'HTTP');
      for (const [rule, value] of members(argument(listener, 'rules')))
        this.#rule(
          `listeners[${JSON.stringify(key)}].rules[${JSON.stringify(rule)}]`,
          `listeners[${JSON.stringify(key)}]`,
          value,
        );
    }
    for (const kind of ['http_tcp', 'https'] as const) {
      for (const [key, one] of members(argument(this.#args, `${kind}_listeners`)))
        this.#listener(`${kind}_listeners[${key}]`, one, kind === 'https' ? 'HTTPS' : 'HTTP');
      for (const [key, one] of members(argument(this.#args, `${kind}_listener_rules`))) {
        const index = argument(one, `${kind}_listener_index`);
        const of = index === undefined ? '0' : String(index.kind === 'scalar' ? index.value : '');
        this.#rule(`${kind}_listener_rules[${key}]`, `${kind}_listeners[${of}]`, one);
      }
    }
    return this.#found;
  }

  #pick(...names: readonly string[]): Record<string, Value> {
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = argument(this.#args, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  #add(type: string, key: string, at: Span, args: Readonly<Record<string, Value>>): void {
    this.#found.push({
      type,
      address: `${this.#path}${type}${key}`,
      name: `${this.#path.replace(/\.$/, '')}${key === '' ? '' : `.${key}`}`,
      at,
      args: mapOf(at, args),
      count: implied(1, at),
    });
  }

  #to(type: string, key: string, at: Span): Value {
    return { kind: 'reference', at, to: `${this.#path}${type}${key}`, attribute: 'arn' };
  }

  #group(key: string, group: Value): void {
    const name = `target_groups[${key}]`;
    const { at } = group;
    const own = renamed(group);
    const port = own['port'] ?? { kind: 'scalar', at, value: 80 };
    const protocol = own['protocol'] ?? { kind: 'scalar', at, value: 'HTTP' };
    const { targets, target_id: single, ...rest } = own;
    this.#add('aws_lb_target_group', name, at, { protocol, port, ...rest });
    const attach = (id: string, target: Value, of: Value): void => {
      const places = ['port', 'availability_zone'].flatMap((one) => {
        const value = argument(of, one);
        return value === undefined ? [] : [[one, value] as const];
      });
      const target_group_arn = this.#to('aws_lb_target_group', name, at);
      this.#add('aws_lb_target_group_attachment', id, of.at, {
        target_group_arn,
        target_id: target,
        ...Object.fromEntries(places),
      });
    };
    for (const [id, one] of members(targets)) {
      const target = argument(one, 'target_id');
      if (target !== undefined) attach(`${name}.targets[${id}]`, target, one);
    }
    if (single !== undefined) attach(`${name}.target_id`, single, group);
  }

  #listener(name: string, listener: Value, usual: string): void {
    const { at } = listener;
    const { port, protocol, ...rest } = renamed(listener);
    this.#add('aws_lb_listener', name, at, {
      load_balancer_arn: this.#to('aws_lb', '', at),
      port: port ?? { kind: 'scalar', at, value: usual === 'HTTPS' ? 443 : 80 },
      protocol: protocol ?? { kind: 'scalar', at, value: usual },
      default_action: this.#action(mapOf(at, rest), argument(listener, 'action_type')),
    });
  }

  #rule(name: string, listener: string, rule: Value): void {
    const { at } = rule;
    const actions = members(argument(rule, 'actions')).map(([, one]) => this.#action(one, argument(one, 'type')));
    const conditions = members(argument(rule, 'conditions')).map(([, one]) => mapOf(one.at, renamed(one)));
    const priority = argument(rule, 'priority');
    this.#add('aws_lb_listener_rule', name, at, {
      listener_arn: this.#to('aws_lb_listener', listener, at),
      ...(priority === undefined ? {} : { priority }),
      action: { kind: 'list', at, items: actions },
      condition: { kind: 'list', at, items: conditions },
    });
  }

  /** One action, in either of the module's spellings. */
  #action(value: Value, written: Value | undefined): Value {
    const { at } = value;
    const type = written?.kind === 'scalar' ? String(written.value) : undefined;
    for (const kind of ['redirect', 'fixed_response'] as const) {
      const inner = argument(value, kind) ?? (type === kind.replace('_', '-') ? value : undefined);
      if (inner !== undefined) return mapOf(at, { type: text(kind.replace('_', '-'), at), [kind]: inner });
    }
    if (type !== undefined && !type.endsWith('forward')) return mapOf(at, { ...renamed(value), type: text(type, at) });
    const forward = argument(value, 'weighted_forward') ?? argument(value, 'forward') ?? value;
    const groups = members(argument(forward, 'target_groups')).map(([, one]) => {
      const weight = argument(one, 'weight');
      return mapOf(one.at, { arn: this.#named(one), ...(weight === undefined ? {} : { weight }) });
    });
    if (groups.length === 0) return mapOf(at, { type: text('forward', at), target_group_arn: this.#named(forward) });
    const stickiness = argument(forward, 'stickiness');
    const block = mapOf(forward.at, {
      target_group: { kind: 'list', at: forward.at, items: groups },
      ...(stickiness === undefined ? {} : { stickiness }),
    });
    return mapOf(at, { type: text('forward', at), forward: block });
  }

  /** The group that an action names by its key or index. */
  #named(value: Value): Value {
    const own = argument(value, 'target_group_arn') ?? argument(value, 'arn');
    const key = argument(value, 'target_group_key') ?? argument(value, 'target_group_index');
    if (key?.kind !== 'scalar') return own ?? key ?? this.#to('aws_lb_target_group', 'target_groups[0]', value.at);
    return this.#to('aws_lb_target_group', `target_groups[${String(key.value)}]`, key.at);
  }
}

function text(value: string, at: Span): Value {
  return { kind: 'scalar', at, value };
}

function mapOf(at: Span, values: Readonly<Record<string, Value>>): MapValue {
  return {
    kind: 'map',
    at,
    entries: new Map(Object.entries(values).map(([key, value]) => [key, { keyAt: value.at, value }])),
  };
}

/** The entries of a map by their keys, or of a list by their numbers. */
function members(value: Value | undefined): readonly (readonly [string, Value])[] {
  if (value?.kind === 'list') return value.items.map((item, i) => [String(i), item]);
  return value?.kind === 'map' ? [...value.entries].map(([key, entry]) => [key, entry.value]) : [];
}

function renamed(value: Value): Record<string, Value> {
  return Object.fromEntries(members(value).map(([key, one]) => [RENAMED[key] ?? key, one]));
}
