import { isBackup } from '../../model/pool.ts';
import { nameOfTarget } from '../../model/route.ts';
import { exactly } from '../../model/share.ts';
import { mainShare } from '../../model/share.ts';
import type { Server } from '../../model/pool.ts';
import type { DiffPool, DiffServer } from '../../model/diff.ts';
import type { Report, ReportPool, ReportRoute } from '../../model/report.ts';
import { count, formatNumber, formatPercent, name, say, sentence, strong, words } from '../../text/say.ts';
import { paragraph, placeOf, type Bar, type Block, type Column, type Line, type Section } from '../blocks.ts';
import { more, type Size } from '../size.ts';
import { outlook } from './outlook.ts';

/** One server as a row: what it is now and what it becomes. Shares 0..1; null = cannot be told. */
interface Row {
  readonly name: string;
  readonly remark: string;
  readonly change: DiffServer['change'];
  readonly weightBefore: number | null | undefined;
  readonly weight: number | null | undefined;
  readonly shareBefore: number | null;
  readonly share: number | null;
}

interface Shown {
  readonly name: string;
  readonly change: DiffPool['change'];
  readonly head: ReportPool | undefined;
  readonly place: { readonly file: string; readonly line: number };
  readonly rows: readonly Row[];
}

/** Shares that differ by less than this, and by less than this part of themselves, are the same share. */
const SAME = 0.005;
const SAME_PART = 0.05;

/** The predicted share of every server, before and after, and the routes between pools. */
export function poolSections(report: Report, size: Size): Section[] {
  const title = shareTitle(report);
  const pools = shownPools(report);
  const wanted = size.changedOnly ? pools.filter((pool) => matters(pool, report)) : pools;
  const ordered = wanted.toSorted((a, b) => Number(a.change === 'same') - Number(b.change === 'same'));
  const shown = ordered.slice(0, size.pools);
  const titled = shown.length > 1 || !size.changedOnly;
  const blocks = shown.flatMap((pool) => poolBlocks(pool, report, size, title, titled));
  const left = more(ordered.length - shown.length, 'pool').map((line) => paragraph(...line));
  const routes = report.routes.filter((route) => !size.changedOnly || routeChanges(route));
  return [
    { name: 'pools', worth: 85, blocks: [...blocks, ...left] },
    { name: 'routes', worth: 75, blocks: routeBlocks(routes, size, title) },
  ];
}

const ALONE = 'Share';

/** What the column of shares holds: after a deploy, base is what was deployed before. */
function shareTitle(report: Report): string {
  if (report.base === null) return ALONE;
  if (report.review === true) return 'Predicted share, │ = at the last review';
  return report.measurements.length > 0 ? 'Predicted share, │ = before' : 'Share after merge, │ = now';
}

function shownPools(report: Report): Shown[] {
  const key = (file: string, pool: string): string => JSON.stringify([file, pool]);
  const changes = new Map(report.diff.pools.map((pool) => [key(pool.file, pool.name), pool]));
  const heads = report.pools.map((head): Shown => {
    const { pool } = head;
    const change = changes.get(key(pool.at.source.path, pool.name));
    const servers = new Map(pool.servers.map((server) => [server.name, server]));
    return {
      name: pool.name,
      change: change?.change ?? 'same',
      head,
      place: placeOf(pool.at),
      rows:
        change === undefined
          ? rowsOf(head)
          : change.servers.map((server) => changedRow(server, servers.get(server.name))),
    };
  });
  const removed = report.diff.pools
    .filter((pool) => pool.change === 'removed')
    .map((pool): Shown => ({ name: pool.name, change: 'removed', head: undefined, place: pool, rows: [] }));
  return [...heads, ...removed];
}

function rowsOf({ pool, prediction }: ReportPool): Row[] {
  return pool.servers.map((server, i) => ({
    name: server.name,
    remark: remarkOf(server),
    change: 'same',
    weightBefore: undefined,
    weight: server.weight.value ?? null,
    shareBefore: null,
    share: mainShare(prediction.shares[i]),
  }));
}

function changedRow(server: DiffServer, found: Server | undefined): Row {
  const { change, before, after, shareBefore, shareAfter } = server;
  return {
    name: server.name,
    remark:
      change === 'removed' ? 'removed' : [change === 'added' ? 'new' : '', remarkOf(found)].filter(Boolean).join(', '),
    change,
    weightBefore: before?.weight,
    weight: after?.weight,
    shareBefore,
    share: shareAfter,
  };
}

/** What keeps a server from its part or multiplies it. */
function remarkOf(found: Server | undefined): string {
  if (found === undefined) return '';
  const { state } = found;
  const instances = found.instances.count;
  const backup = isBackup(found);
  return [
    backup === undefined ? 'perhaps backup' : backup ? 'backup' : '',
    state.value === undefined ? 'perhaps not in use' : state.value === 'up' ? '' : state.value,
    instances.value === undefined
      ? 'unknown instances'
      : instances.value > 1
        ? `${formatNumber(instances.value)} instances`
        : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** A pool that a short report must show: its split changes, or a finding is about it and there is nothing to compare with. */
function matters(pool: Shown, report: Report): boolean {
  if (report.base === null) return report.findings.some((f) => f.pool === pool.name && f.ignored === undefined);
  return (
    pool.change === 'removed' ||
    pool.change === 'added' ||
    pool.rows.some((row) => row.change !== 'same' || moved(row) !== 0)
  );
}

function moved({ shareBefore, share }: Row): number {
  if (shareBefore === null || share === null) return 0;
  const difference = share - shareBefore;
  return Math.abs(difference) < Math.min(SAME, SAME_PART * Math.max(share, shareBefore)) ? 0 : difference;
}

function poolBlocks(pool: Shown, report: Report, size: Size, title: string, titled: boolean): Block[] {
  const fate = { added: ' is new', removed: ' is removed', changed: '', same: '' }[pool.change];
  const native = pool.head?.pool.algorithm.value?.native;
  const method = native === undefined ? words('') : say`, ${native}`;
  const heading: Line = [name(pool.name), words(fate), words(' · '), { kind: 'place', place: pool.place }, method];
  const blocks: Block[] = titled || fate !== '' ? [{ kind: 'subheading', line: heading }] : [];
  if (pool.head === undefined) return blocks;
  // Of many servers, those whose share changes most; else the largest.
  const ordered =
    pool.rows.length <= size.rows
      ? pool.rows
      : pool.rows.toSorted((a, b) => Math.abs(moved(b)) - Math.abs(moved(a)) || (b.share ?? 0) - (a.share ?? 0));
  const shown = ordered.slice(0, size.rows);
  if (shown.length > 0) blocks.push(sharesTable(pool, shown, pool.change === 'added' ? ALONE : title));
  blocks.push(...more(pool.rows.length - shown.length, 'server').map((line) => paragraph(...line)));
  return [...blocks, ...outlook(pool.head, report), ...doubts(pool.head, size)];
}

function sharesTable(pool: Shown, rows: readonly Row[], title: string): Block {
  const weights = new Set(pool.rows.flatMap((row) => [row.weight, row.weightBefore ?? row.weight]));
  const weighted = weights.size > 1;
  const columns: Column[] = [
    { title: 'Server', align: 'left' },
    ...(weighted ? [{ title: 'Weight', align: 'left' } as const] : []),
    { title, align: 'left' },
  ];
  const most = rows.reduce((max, row) => Math.max(max, moved(row)), 0);
  return {
    kind: 'table',
    caption: say`Shares of ${pool.name}`,
    columns,
    rows: rows.map((row) => [
      row.remark === '' ? [name(row.name)] : [name(row.name), words(` ${row.remark}`)],
      ...(weighted ? [weightCell(row)] : []),
      shareCell(row, title !== ALONE, most),
    ]),
  };
}

function weightCell(row: Row): Line {
  const { weightBefore, weight } = row;
  const text = (value: number | null): string => (value === null ? 'unknown' : formatNumber(value));
  if (weight === undefined) return [words(text(weightBefore ?? null))];
  if (weightBefore === undefined || weightBefore === weight) return [words(text(weight))];
  const after = moved(row) > 0 ? strong(text(weight)) : words(text(weight));
  return [say`${words(text(weightBefore))} → ${after}`];
}

function shareCell(row: Row, compared: boolean, most: number): Line {
  if (row.share === null) return [words('unknown')];
  const difference = moved(row);
  const trend = difference > 0 ? 'up' : difference < 0 ? 'down' : 'same';
  const before = compared ? row.shareBefore : null;
  const bar: Bar = {
    share: row.share,
    marker: before,
    trend,
    strong: trend === 'up' && difference === most,
    ...(before === null || trend === 'same' ? {} : { tail: `from ${formatPercent(before)}` }),
  };
  return [{ kind: 'bar', bar }];
}

/** Why the shares are not the whole truth, where they are not. */
function doubts({ pool, prediction }: ReportPool, size: Size): Block[] {
  const blocks: Block[] = [];
  if (prediction.predictability !== 'exact' && prediction.predictability !== 'multinomial') {
    blocks.push(paragraph(sentence(prediction.reason)));
  }
  if (pool.dynamic)
    blocks.push(paragraph(words('Its members come from discovery; the servers of the file are not all of them.')));
  if (pool.unknowns.length > 0) {
    const shown = pool.unknowns.slice(0, size.items);
    const items = shown.map(({ at, reason }): Line => [
      { kind: 'place', place: placeOf(at) },
      words(' '),
      sentence(reason),
    ]);
    blocks.push(paragraph(say`${count(pool.unknowns.length, 'thing')} of it could not be read:`), {
      kind: 'list',
      items: [...items, ...more(pool.unknowns.length - shown.length, 'thing')],
    });
  }
  return blocks;
}

function routeChanges({ route, head, base }: ReportRoute): boolean {
  return (
    base !== null &&
    route.to.some(
      (target, i) => Math.abs((exactly(base.get(nameOfTarget(target.to))) ?? 0) - (exactly(head[i]) ?? 0)) >= SAME,
    )
  );
}

function routeBlocks(routes: readonly ReportRoute[], size: Size, title: string): Block[] {
  const rows = routes.flatMap(({ route, head, base }) =>
    route.to.map((target, i): Line[] => {
      const share = exactly(head[i]);
      const to = nameOfTarget(target.to);
      const row = { shareBefore: base === null ? null : (exactly(base.get(to)) ?? 0), share };
      const cell = { ...row, name: to, remark: '', change: 'same' as const, weight: null, weightBefore: null };
      return [[name(route.name)], [name(to)], shareCell(cell, title !== ALONE, 1)];
    }),
  );
  if (rows.length === 0) return [];
  const titles = ['Route', 'To pool', title];
  const columns = titles.map((title) => ({ title, align: 'left' }) as const);
  const shown = rows.slice(0, size.rows);
  const left = more(rows.length - shown.length, 'row').map((line) => paragraph(...line));
  return [{ kind: 'table', caption: words('Shares of routes'), columns, rows: shown }, ...left];
}
