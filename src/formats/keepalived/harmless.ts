import type { Block, Statement, StatementRow, Topic } from '../../model/statement.ts';
import { TreeTable, type TreePath } from '../tree-table.ts';
import type { Statement as Line } from './statements.ts';
import { isSubstituted } from './values.ts';

const MANUAL = 'https://www.keepalived.org/manpage.html';

const read = (what: string, shows: string, ...words: readonly string[]): StatementRow => ({
  kind: 'read',
  what,
  manual: MANUAL,
  words,
  shows: shows.split(' ') as Topic[],
  whole: true,
});

const harmless = (what: string, place: string, words: string): StatementRow => ({
  kind: 'harmless',
  what,
  manual: MANUAL,
  words: words.split(' ').map((word) => `${place}.${word}`),
});

const of = (place: string, words: string): readonly string[] => words.split(' ').map((word) => `${place}.${word}`);

/** Blocks are parts of a path: `virtual_server.real_server.weight`. */
export const TABLE = new TreeTable({
  rows: [
    read('virtual servers', 'requests servers options entry listen check', 'virtual_server'),
    read('addresses of virtual servers', 'requests entry listen', 'virtual_server_group'),
    read('servers', 'servers options check limits', 'virtual_server.real_server', 'virtual_server.sorry_server'),
    read('schedulers', 'algorithm options', ...of('virtual_server', 'lb_algo lvs_sched')),
    read('persistence', 'stickiness options', ...of('virtual_server', 'persistence_timeout')),
    harmless(
      'notifications',
      'global_defs',
      'notification_email notification_email_from smtp_* email_faults router_id',
    ),
    harmless('notifications', 'vrrp_instance', 'notify* smtp_alert'),
    harmless('notifications', 'vrrp_sync_group', 'notify* smtp_alert'),
    harmless(
      'processes and scripts',
      'global_defs',
      'script_user enable_script_security process_names max_auto_priority',
    ),
    harmless('monitoring', 'global_defs', 'enable_snmp_* enable_traps snmp_socket json_version'),
  ],
});

/**
 * Every statement with what is made of it. Blocks at the top and servers are compared with their counterparts; the words of any
 * other block begin those of the statements in it.
 */
export function statementsOf(lines: readonly Line[]): Statement[] {
  const found: Statement[] = [];
  const visit = (list: readonly Line[], above: TreePath, within: readonly Block[], before: string): void => {
    for (const { words, at, block } of list) {
      const [{ text: keyword }] = words;
      const known = above.under(keyword);
      const { row } = known;
      const text = [before, ...words.map((word) => word.text)].join(' ').trim();
      const open = words.some(isSubstituted) || /^[@~]/.test(keyword);
      const kind: Statement['kind'] = row === undefined || (open && row.kind === 'read') ? 'unjudged' : row.kind;
      const opens = block !== undefined && (within.length === 0 || keyword === 'real_server');
      found.push({ text, at, within, kind, ...(row === undefined ? {} : { row }), ...(opens ? { opens: text } : {}) });
      if (block === undefined) continue;
      if (opens) visit(block, known, [...within, { label: text, at }], '');
      else visit(block, known, within, text);
    }
  };
  visit(lines, TABLE.top, [], '');
  return found;
}
