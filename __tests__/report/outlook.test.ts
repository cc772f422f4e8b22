import { expect, test } from '@jest/globals';
import type { Report } from '../../src/model/report.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderComment } from '../../src/report/markdown.ts';
import { renderInspection, renderTerminal } from '../../src/report/terminal.ts';
import { toDocument } from '../../src/report/document.ts';
import { LINKS } from '../support/reports.ts';
import { reportOf, revisionOf } from '../support/jobs.ts';

/** The report of a real run over texts, with what the checklist file declares. */
async function report(head: string, base: string | undefined, pools: string, rules = '{}'): Promise<Report> {
  const checklist = `version: 1\npools: ${pools}\nrules: ${rules}\n`;
  const side = (text: string) => revisionOf('lb.cfg', text, { 'evenkeel.yml': checklist });
  return reportOf(side(head), {
    base: base === undefined ? undefined : { ...side(base), revision: { ref: 'main', sha: null } },
    trusted: side(head).tree,
    checklistNamed: true,
    today: '2026-01-01',
  });
}

function backend(servers: readonly string[], balance = 'roundrobin'): string {
  const lines = servers.map((options, i) => `  server web${i + 1} 10.0.0.${i + 1}:80 check ${options}`);
  return `defaults\n  mode http\n  timeout connect 5s\n  timeout client 9s\n  timeout server 9s\nbackend app\n  balance ${balance}\n${lines.join('\n')}\n`;
}

const shown = (told: Report): string => renderInspection(told, { color: false, width: 200 });
const terminal = (told: Report): string => renderTerminal(told, { color: false, width: 200 });
const EVEN = backend(['', '', '']);

test('what one failure does stands under the shares of a pool, in every output', async () => {
  const told = await report(EVEN, backend(['', '']), '{}');
  const line = 'If web1 fails, web2 goes from 33% to 50%.';
  expect(shown(told)).toContain(line);
  expect(terminal(told)).toContain(line);
  expect(renderHtml(told)).toContain('<code>web2</code> goes from 33% to 50%');
  expect(renderComment(told, LINKS)).toContain('If `web1` fails, `web2` goes from 33% to 50%.');
  expect(toDocument(told).pools[0]?.loss).toEqual({
    lost: 'web1',
    raised: 'web2',
    before: 1 / 3,
    after: 0.5,
    instances: { lost: 1, raised: 1 },
  });
  const counted = await report(
    backend(['']).replace('server web1 10.0.0.1:80', 'server-template b 10 app.example:80'),
    undefined,
    '{}',
  );
  expect(shown(counted)).toContain('each of the others goes from 10% to 11%');
  const alone = await report(backend(['']), undefined, '{}');
  expect(shown(alone)).not.toContain('fails');
  expect(toDocument(alone).pools[0]?.loss).toBeNull();
});

test('nothing is said twice, and nothing that changes no figure', async () => {
  const worse = await report(backend(['weight 8', '', '']), EVEN, '{}');
  expect(terminal(worse)).toContain('If web1 fails, the other 2 go from 10% to 50% each.');
  expect(terminal(worse)).not.toContain('If web1 fails, web2 goes');
  expect(shown(worse)).toContain('If web1 fails, web2 goes from 10% to 50%.');
  const many = Array.from({ length: 200 }, () => '');
  expect(shown(await report(backend(many), undefined, '{}'))).not.toContain('fails');
});

test('headroom is told when capacity and peak are declared', async () => {
  const capacity = 'capacity: { web1: 500, web2: 500, web3: 500 }';
  const told = await report(EVEN, undefined, `{ app: { ${capacity}, peak: 900 } }`);
  expect(shown(told)).toContain(
    'At the peak of 900, web1 carries 300 of 500 (60%), and web2 450 of 500 (90%) if web1 fails.',
  );
  expect(toDocument(told).pools[0]?.headroom).toEqual({
    peak: 900,
    fullest: { server: 'web1', load: 300, capacity: 500 },
    afterLoss: { server: 'web2', load: 450, capacity: 500, lost: 'web1' },
  });
  expect(shown(await report(EVEN, undefined, `{ app: { ${capacity} } }`))).not.toContain('peak');
  const smaller = await report(
    EVEN,
    undefined,
    '{ app: { capacity: { web1: 900, web2: 900, web3: 310 }, peak: 900 } }',
  );
  expect(shown(smaller)).toContain('web3 carries 300 of 310 (97%), and 450 of 310 (145%) if web1 fails.');
});

test('the fraction of keys that a change moves is told where keys move, and only there', async () => {
  const ring = 'uri\n  hash-type consistent';
  const grown = await report(backend(['', '', ''], ring), backend(['', ''], ring), '{}');
  const moved = toDocument(grown).pools[0]?.keysMoved ?? 0;
  expect(moved).toBeGreaterThan(0.2);
  expect(moved).toBeLessThan(0.5);
  const line = `${Math.round(moved * 100)}% of the keys of app move to a different server.`;
  expect(terminal(grown).split('of the keys')).toHaveLength(2);
  expect(terminal(grown)).toContain(line);
  const quiet = await report(backend(['', '', ''], ring), backend(['', ''], ring), '{}', '{ hash-remap: off }');
  expect(terminal(quiet)).toContain('% of the keys move to a different server.');
  const same = await report(backend(['', ''], ring), backend(['', ''], ring), '{}');
  expect(toDocument(same).pools[0]?.keysMoved).toBe(0);
  expect(shown(same)).not.toContain('keys');
  expect(toDocument(await report(EVEN, EVEN, '{}')).pools[0]?.keysMoved).toBeNull();
});

test('a rule with notices only neither passes nor fails, and other products have no items', async () => {
  const told = await report(backend(['', 'weight 0', '']), undefined, '{}');
  const states = new Map(toDocument(told).checklist.map(({ id, state }) => [id, state]));
  expect(states.get('zero-weight-server')).toBe('notice');
  expect(states.get('duplicate-server')).toBe('pass');
  expect(states.has('nginx-no-zone')).toBe(false);
  expect(terminal(told)).toMatch(/\d+ pass, .*\d+ with a notice/);
});

test('what fails without a check is the share of the server, not one of the lines', async () => {
  const text = (servers: readonly string[]): string => backend(servers).replaceAll(' check', '');
  const said = async (servers: readonly string[]): Promise<string> =>
    terminal(await report(text(servers), undefined, '{}'));
  expect(await said(['weight 90', 'weight 10'])).toContain('up to 90% of all requests fail');
  expect(await said(['', '', ''])).toContain('33% of all requests fail');
});
