import type { HealthCheck, Instances } from '../../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import { child, entriesOf, headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { durationAt, numberAt } from '../nodes.ts';
import { labelsOf, type Label } from './label.ts';
import { fieldOf, type ComposeService, type Project } from './project.ts';
import { fill, type Variables } from './variables.ts';

/** What one service of compose starts, as Traefik sees it: containers that share their labels. */
export interface Container {
  readonly name: string;
  readonly at: Span;
  /** By their keys in lower case. */
  readonly labels: ReadonlyMap<string, Label>;
  readonly instances: Instances;
  /** The health check of the container itself: Traefik leaves out a container that is not healthy. */
  readonly check?: HealthCheck;
}

/** What the Traefik of the same project is started with; undefined = it is not in these files, or does not say it. */
export interface Provider {
  readonly exposedByDefault: boolean | undefined;
  readonly defaultRule: string | undefined;
  readonly swarm: boolean;
}

/** The options of the Traefik that is among the services, from its command and its environment. */
export function providerOf({ traefik, variables }: Project): Provider {
  if (traefik === undefined) return { exposedByDefault: undefined, defaultRule: undefined, swarm: false };
  const options = new Map([
    ...optionsOf(fieldOf(traefik, 'command'), variables),
    ...environmentOf(fieldOf(traefik, 'environment'), variables),
  ]);
  const option = (name: string): string | undefined =>
    options.get(`providers.docker.${name}`) ?? options.get(`providers.swarm.${name}`);
  const exposed = option('exposedbydefault');
  return {
    exposedByDefault: exposed === undefined ? undefined : exposed !== 'false',
    defaultRule: option('defaultrule'),
    swarm: option('swarmmode') === 'true' || [...options.keys()].some((name) => name.startsWith('providers.swarm')),
  };
}

/** `--providers.docker.exposedbydefault=false` by its name in lower case; a flag is `true`. */
function optionsOf(command: PNode | undefined, variables: Variables): [string, string][] {
  const words = command?.kind === 'scalar' ? String(command.value).split(/\s+/) : itemsOf(command).map(textOf);
  return words.flatMap((word) => {
    const match = /^--([\w.]+)(?:=(.*))?$/s.exec(fill(word, variables).text);
    return match === null ? [] : [[(match[1] ?? '').toLowerCase(), match[2] ?? 'true'] as [string, string]];
  });
}

/** `TRAEFIK_PROVIDERS_DOCKER_EXPOSEDBYDEFAULT: false` as the option that it stands for. */
function environmentOf(node: PNode | undefined, variables: Variables): [string, string][] {
  const pairs = [
    ...entriesOf(node).map(({ key, value }) => [key, textOf(value)] as const),
    ...itemsOf(node).map((item) => {
      const [name = '', ...value] = textOf(item).split('=');
      return [name, value.join('=')] as const;
    }),
  ];
  return pairs.flatMap(([name, value]) =>
    name.startsWith('TRAEFIK_')
      ? [[name.slice(8).toLowerCase().replaceAll('_', '.'), fill(value, variables).text] as [string, string]]
      : [],
  );
}

function textOf(node: PNode): string {
  return node.kind === 'scalar' ? String(node.value ?? '') : '';
}

/** The containers of a project that carry labels for Traefik. */
export function containersOf(project: Project, provider: Provider): Container[] {
  return project.services.flatMap((service) => {
    const labels = labelsFor(service, project.variables, provider);
    if (![...labels.keys()].some((key) => key.startsWith('traefik.'))) return [];
    const check = checkOf(fieldOf(service, 'healthcheck'));
    return [
      {
        name: service.name,
        at: service.at,
        labels,
        instances: instancesOf(service, project.variables),
        ...(check === undefined ? {} : { check }),
      },
    ];
  });
}

/** In a swarm Traefik reads the labels of the service (`deploy.labels`), else those of the containers. */
export function labelsFor(
  service: ComposeService,
  variables: Variables,
  { swarm }: Provider,
): ReadonlyMap<string, Label> {
  const all = (keys: readonly string[]): ReadonlyMap<string, Label> =>
    new Map(
      service.layers.flatMap((layer) => [
        ...labelsOf(
          keys.reduce<PNode | undefined>((node, key) => child(node, key), layer),
          variables,
        ),
      ]),
    );
  const ofService = all(['deploy', 'labels']);
  const ofContainer = all(['labels']);
  const isRead = (labels: ReadonlyMap<string, Label>): boolean =>
    [...labels.keys()].some((key) => key.startsWith('traefik.'));
  return swarm || !isRead(ofContainer) ? ofService : ofContainer;
}

/** `deploy.replicas` or `scale`; one on each node of a swarm (`mode: global`) are not known. */
function instancesOf(service: ComposeService, variables: Variables): Instances {
  const mode = fieldOf(service, 'deploy', 'mode');
  if (mode?.kind === 'scalar' && String(mode.value).startsWith('global'))
    return { count: written<number>(undefined, headOf(mode)), named: 'unknown' };
  const count = countOf(fieldOf(service, 'deploy', 'replicas') ?? fieldOf(service, 'scale'), variables);
  return { count: count ?? implied(1, service.at), named: count === undefined ? 'listed' : 'unknown' };
}

function countOf(node: PNode | undefined, variables: Variables): Setting<number> | undefined {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return numberAt(node);
  const { text, computed } = fill(node.value, variables);
  return numberAt({ ...node, value: text, computed });
}

/** Docker asks every 30 s, waits 30 s, and calls a container unhealthy after 3 failures. */
function checkOf(node: PNode | undefined): HealthCheck | undefined {
  const test = child(node, 'test');
  if (node?.kind !== 'map' || test === undefined || isSwitchedOff(node, test)) return undefined;
  const at = headOf(node);
  return {
    type: 'exec',
    at,
    intervalMs: durationAt(child(node, 'interval')) ?? implied(30_000, at),
    timeoutMs: durationAt(child(node, 'timeout')) ?? implied(30_000, at),
    fall: numberAt(child(node, 'retries')) ?? implied(3, at),
    rise: implied(1, at),
  };
}

function isSwitchedOff(node: PNode, test: PNode): boolean {
  const disable = child(node, 'disable');
  const [first] = itemsOf(test);
  return (disable?.kind === 'scalar' && disable.value === true) || (first?.kind === 'scalar' && first.value === 'NONE');
}
