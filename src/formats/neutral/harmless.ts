import type { StatementRow, Topic } from '../../model/statement.ts';
import { TreeTable } from '../tree-table.ts';

const SCHEMA = 'https://github.com/evenkeel/evenkeel/blob/main/schemas/neutral.schema.json';

const read = (what: string, shows: string, ...words: readonly string[]): StatementRow => ({
  kind: 'read',
  what,
  manual: SCHEMA,
  words,
  shows: shows.split(' ') as Topic[],
  whole: true,
});

/** Of a pool, and of `defaults` for all of them. */
const each = (...keys: readonly string[]): readonly string[] =>
  ['pools', 'defaults'].flatMap((place) => keys.map((key) => `${place}.${key}`));

/** The whole of the schema. */
export const TABLE = new TreeTable({
  elements: {
    pools: ['name'],
    'pools.servers': ['name', 'address'],
    'pools.localities': ['name'],
    routes: ['name'],
    entries: ['name'],
    'entries.listens': ['address'],
  },
  ordered: ['entries.matches', 'pools.answers'],
  rows: [
    read('pools', 'requests servers options entry', 'pools'),
    read('servers', 'servers check limits stickiness options', ...each('servers', 'server'), 'pools.localities'),
    read('algorithm', 'algorithm options', ...each('algorithm', 'hashOn')),
    read('stickiness', 'stickiness', ...each('stickiness')),
    read('health checks', 'check options', ...each('healthCheck', 'passiveHealth')),
    read('timeouts', 'timeouts options', ...each('timeouts')),
    read('retries', 'retries options', ...each('retry')),
    read('expectations', 'options', ...each('expect')),
    read('routes', 'requests', 'routes'),
    read('entries', 'requests entry listen hosts', 'entries'),
    {
      kind: 'read',
      what: 'what decides outside of the file',
      manual: SCHEMA,
      words: [
        'pools.caveats',
        'pools.servers.resolves',
        'routes.to.among',
        'routes.to.decidedBy',
        'entries.matches.to.among',
        'entries.matches.to.decidedBy',
      ],
      shows: ['requests', 'options'],
    },
    {
      kind: 'harmless',
      what: 'names and places for people',
      manual: SCHEMA,
      words: ['$schema', 'version', 'name', 'pools.source', 'pools.servers.source'],
    },
  ],
});
