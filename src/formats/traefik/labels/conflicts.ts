import type { Problem } from '../../../model/config.ts';
import type { Span } from '../../../model/span.ts';
import type { Text } from '../../../model/text.ts';
import { say } from '../../../text/say.ts';
import type { Space } from '../found.ts';
import type { Part, RouterPart } from './parts.ts';

/**
 * What several containers say differently of one name: Traefik drops it whole. One problem for each container that differs from the first;
 * what a variable decides is not compared.
 */
export function conflictsOf(
  [first, ...others]: readonly (Part | RouterPart)[],
  kind: 'service' | 'router' | 'middleware' | 'transport',
  space: Space,
): Problem[] {
  if (first === undefined) return [];
  return others.flatMap((other): Problem[] => {
    const found = difference(first, other, kind, space);
    if (found === undefined) return [];
    return [
      {
        rule: 'config-unparsable',
        at: found.at,
        what: say`The containers ${first.container.name} and ${other.container.name} define the ${kind} ${first.name} with a different ${found.what}.`,
        why:
          kind === 'router'
            ? say`Traefik drops the router, and answers its requests with 404.`
            : say`Traefik drops the ${kind}, and answers the requests of routers that use it with 404.`,
        fix: found.fix,
        related: [{ at: found.related, note: say`the other container` }],
      },
    ];
  });
}

interface Difference {
  readonly what: string;
  readonly at: Span;
  readonly related: Span;
  readonly fix: Text;
}

function difference(
  first: Part | RouterPart,
  other: Part | RouterPart,
  kind: string,
  space: Space,
): Difference | undefined {
  for (const key of new Set([...first.settings.keys(), ...other.settings.keys()])) {
    const [one, two] = [first.settings.get(key), other.settings.get(key)];
    const isOpen = (one !== undefined && one.value === undefined) || (two !== undefined && two.value === undefined);
    if (isOpen || one?.value === two?.value) continue;
    return {
      what: key,
      at: (two ?? one ?? { at: other.entry.keyAt }).at,
      related: two === undefined || one === undefined ? (two === undefined ? other : first).entry.keyAt : one.at,
      fix: say`Set the same ${key} on both containers, or rename one of the two ${kind}s.`,
    };
  }
  const [one, two] = [serviceOf(first), serviceOf(other)];
  if (one === two || one === undefined || two === undefined) return undefined;
  return {
    what: 'service',
    at: other.entry.keyAt,
    related: first.entry.keyAt,
    fix: say`Set one name for the service on both containers: ${`traefik.${space}.services.${one}`}.`,
  };
}

function serviceOf(part: Part | RouterPart): string | undefined {
  return 'service' in part ? part.service : undefined;
}
