import type { Statement, StatementRow, Topic } from '../../../model/statement.ts';
import { child, entriesOf, type PEntry, type PNode } from '../../../text/positioned.ts';
import { treeStatements } from '../../tree-statements.ts';
import { TreeTable } from '../../tree-table.ts';
import type { Found } from '../found.ts';
import { SHAPE } from '../harmless.ts';
import { labelsFor, type Provider } from './container.ts';
import { mapOf } from './parts.ts';
import type { ComposeService, Project } from './project.ts';
import { treeOf } from './tree.ts';

const REFERENCE = 'https://docs.docker.com/reference/compose-file/services/';
const DOCKER = 'https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/docker/';

const read = (what: string, manual: string, shows: string, words: readonly string[]): StatementRow => ({
  kind: 'read',
  what,
  manual,
  words,
  shows: shows.split(' ') as Topic[],
  whole: true,
});

const harmless = (what: string, manual: string, words: readonly string[]): StatementRow => ({
  kind: 'harmless',
  what,
  manual,
  words,
});

const LABELS = 'services.*.labels';
const below = (path: string): string => `${LABELS}.${path}`;

/** Labels are dynamic configuration in another spelling; the rest of a service is what Docker starts. */
const ROWS: readonly StatementRow[] = [
  ...SHAPE.rows.map((row) => ({ ...row, words: row.words.map(below) })),
  read(
    'servers',
    DOCKER,
    'servers options',
    ['http', 'tcp', 'udp'].map((space) => below(`${space}.services.*.loadBalancer.server`)),
  ),
  read('exposed containers', DOCKER, 'servers requests', [below('"traefik.enable"')]),
  read('replicas', `${REFERENCE}#scale`, 'servers', [
    'services.*.scale',
    'services.*.deploy.replicas',
    'services.*.deploy.mode',
  ]),
  read('health checks of containers', `${REFERENCE}#healthcheck`, 'check', ['services.*.healthcheck']),
  harmless('other labels', `${REFERENCE}#labels`, [LABELS]),
  harmless('shared pieces', 'https://docs.docker.com/reference/compose-file/fragments/', ['x-*']),
  harmless('networks, volumes and secrets', 'https://docs.docker.com/reference/compose-file/', [
    'networks',
    'volumes',
    'secrets',
    'configs',
    'name',
    'version',
  ]),
];

const SHARED = {
  elements: Object.fromEntries(Object.entries(SHAPE.elements ?? {}).map(([path, names]) => [below(path), names])),
  anyCase: true,
} as const;

const CONTAINERS = new TreeTable({
  ...SHARED,
  rows: [...ROWS, harmless('what containers run', REFERENCE, ['services.*'])],
});

/** What Traefik itself is started with decides about everything, and only a little of it is read. */
const TRAEFIK = new TreeTable({
  ...SHARED,
  rows: [
    ...ROWS,
    harmless('how the container of Traefik is kept', REFERENCE, [
      'services.*',
      ...['container_name', 'restart', 'volumes', 'depends_on', 'logging', 'security_opt'].map(
        (key) => `services.*.${key}`,
      ),
    ]),
    {
      kind: 'read',
      what: 'the static configuration of Traefik',
      manual: 'https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/',
      shows: ['requests', 'servers'],
      words: ['image', 'command', 'environment', 'entrypoint', 'ports', 'networks'].map((key) => `services.*.${key}`),
    },
  ],
});

/** The statements of a project, its labels as what they stand for. */
export function statementsOf(project: Project, provider: Provider, { pools, routes }: Found): readonly Statement[] {
  const [root] = project.roots;
  if (root === undefined) return [];
  const owners = [...pools, ...routes];
  const traefik = project.services.filter((service) => service === project.traefik);
  const others = project.services.filter((service) => service !== project.traefik);
  const top = project.roots.flatMap((file) => entriesOf(file).filter(({ key }) => key !== 'services'));
  const tree = (services: readonly ComposeService[], more: readonly PEntry[]): PNode =>
    mapOf(root.at, [
      ...more,
      {
        key: 'services',
        keyAt: root.at,
        value: mapOf(
          root.at,
          services.map((one) => entryOf(one, project, provider)),
        ),
      },
    ]);
  return [
    ...treeStatements(tree(others, top), CONTAINERS, owners),
    ...treeStatements(tree(traefik, []), TRAEFIK, owners),
  ];
}

/** A service with the labels that Traefik reads as the tree that they stand for. */
function entryOf(service: ComposeService, { variables }: Project, provider: Provider): PEntry {
  const { name, at, layers } = service;
  const fields = new Map(layers.flatMap((layer) => entriesOf(layer).map((entry) => [entry.key, entry] as const)));
  const labels = [...labelsFor(service, variables, provider).values()];
  const plain = labels
    .filter(({ key }) => !/^traefik\.(?:http|tcp|udp|tls)\./i.test(key))
    .map(({ key, keyAt, value, valueAt, computed }): PEntry => {
      const place = valueAt.end > valueAt.start ? valueAt : keyAt;
      return { key, keyAt, value: { kind: 'scalar', at: place, value, computed } };
    });
  const tree = mapOf(at, [...plain, ...entriesOf(treeOf(labels, at))]);
  const deploy = fields.get('deploy');
  const rest = [...fields.values()].filter(({ key }) => !['labels', 'deploy', 'extends'].includes(key));
  return {
    key: name,
    keyAt: at,
    value: mapOf(at, [
      ...rest,
      ...(deploy === undefined ? [] : [{ ...deploy, value: without(deploy.value, 'labels') }]),
      ...(labels.length === 0 ? [] : [{ key: 'labels', keyAt: at, value: tree }]),
    ]),
  };
}

function without(node: PNode, key: string): PNode {
  return child(node, key) === undefined
    ? node
    : mapOf(
        node.at,
        entriesOf(node).filter((entry) => entry.key !== key),
      );
}
