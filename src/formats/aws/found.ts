import type { Problem } from '../../model/config.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { appendTo } from '../../text/append.ts';
import { say } from '../../text/say.ts';
import type { Resource, Value } from './values.ts';

/** Types of resources that decide who gets a request, as Terraform calls them. */
export const TYPES: ReadonlySet<string> = new Set([
  'aws_lb',
  'aws_lb_listener',
  'aws_lb_listener_rule',
  'aws_lb_target_group',
  'aws_lb_target_group_attachment',
  'aws_autoscaling_attachment',
  'aws_autoscaling_group',
  'aws_ecs_service',
  'aws_instance',
  'aws_subnet',
]);

/** The resources of one config, and what goes wrong while they are read. */
export class Found {
  readonly dialect: Dialect;
  /** What names are unique in. */
  readonly scope: string;
  readonly problems: Problem[] = [];
  readonly unknowns: Unknown[] = [];
  readonly #byType = new Map<string, Resource[]>();
  readonly #byAddress = new Map<string, Resource>();
  readonly #names = new Map<Resource, string>();

  constructor(dialect: Dialect, scope: string, resources: readonly Resource[]) {
    this.dialect = dialect;
    this.scope = scope;
    const used = new Set<string>();
    for (const resource of resources) {
      appendTo(this.#byType, resource.type, resource);
      this.#byAddress.set(resource.address, resource);
      const key = `${resource.type} ${resource.name}`;
      this.#names.set(resource, used.has(key) ? resource.address : resource.name);
      used.add(key);
    }
  }

  of(type: string): readonly Resource[] {
    return this.#byType.get(type) ?? [];
  }

  /** What people call a resource; unique among those of its type. */
  nameOf(resource: Resource): string {
    return this.#names.get(resource) ?? resource.name;
  }

  /** The resource that a value names, if it is of one of these types. */
  resource(value: Value | undefined, ...types: readonly string[]): Resource | undefined {
    if (value?.kind !== 'reference') return undefined;
    const found = this.#byAddress.get(value.to) ?? this.#byAddress.get(value.to.replace(/\[[^\]]*\]$/, ''));
    return found !== undefined && types.includes(found.type) ? found : undefined;
  }

  /** Notes that a value is not known. */
  unknown(at: Span, reason: Text): void {
    this.unknowns.push({ at, reason });
  }

  /** A value for which the product refuses the change. */
  refused(at: Span, what: Text, fix: Text, rule: Problem['rule'] = 'config-unparsable'): void {
    this.problems.push({ rule, at, what, why: this.dialect.missingPool, fix });
  }
}

/** Why a value is unknown, in words. */
export function reasonOf(value: Value): Text {
  if (value.kind === 'unknown') return value.why;
  if (value.kind === 'reference') return say`${`${value.to}.${value.attribute}`} is known only once it exists`;
  return say`the value is not a plain one`;
}
