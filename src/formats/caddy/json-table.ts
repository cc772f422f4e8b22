import type { StatementRow, Topic } from '../../model/statement.ts';
import { TreeTable } from '../tree-table.ts';

const manual = 'https://caddyserver.com/docs/json/';
const server = 'apps.http.servers.*';

const row = (kind: StatementRow['kind'], what: string, words: string, shows?: string): StatementRow => ({
  kind,
  what,
  manual,
  words: words.split(' '),
  ...(shows === undefined ? {} : { shows: shows.split(' ') as Topic[] }),
});

const ROUTES = 'requests servers algorithm stickiness check limits timeouts retries options entry';

/** What of Caddy's JSON is read, and what balances nothing. */
export const TABLE = new TreeTable({
  rows: [
    row('harmless', 'logging', `logging ${server}.logs ${server}.metrics apps.http.metrics`),
    row('harmless', 'certificates', 'apps.tls apps.pki'),
    row('harmless', 'process', 'admin storage apps.http.grace_period apps.http.shutdown_delay apps.events'),
    row(
      'harmless',
      'connections of clients',
      [
        'read_timeout',
        'read_header_timeout',
        'write_timeout',
        'idle_timeout',
        'keepalive_interval',
        'max_header_bytes',
        'protocols',
      ]
        .map((key) => `${server}.${key}`)
        .join(' '),
    ),
    row(
      'read',
      'listeners',
      `${server}.listen ${server}.automatic_https ${server}.tls_connection_policies`,
      'listen entry',
    ),
    row('read', 'routes', `${server}.routes ${server}.named_routes ${server}.errors`, ROUTES),
  ],
  ordered: [`${server}.routes`],
});
