import { flowDocument } from '../compare/diff-document.ts';
import { flowText, partText } from '../compare/flow-text.ts';
import type { Request } from '../compare/request.ts';
import type { Answering, Decision, RequestPath } from '../compare/request-flow.ts';
import { lineOf, type Span } from '../model/span.ts';
import type { Part } from '../model/share.ts';
import { list, plain, say, words } from '../text/say.ts';
import { paragraph, placeOf, type Block, type Line } from './blocks.ts';
import { renderBlocks, type TerminalMode } from './terminal.ts';

/** Where a request goes, and where it went before where there is a base. */
export interface RouteReport {
  readonly request: Request;
  readonly head: RequestPath;
  readonly base: RequestPath | undefined;
}

/** For a terminal, without a line end at its end. */
export function renderRoute({ request, head, base }: RouteReport, mode: TerminalMode): string {
  const title = say`${request.method} ${request.url.href}`;
  return renderBlocks(
    [
      { kind: 'title', text: title },
      ...entryBlocks(head),
      paragraph(say`Of requests like this one, ${flowText(head.flow)}.`),
      ...(base === undefined ? [] : [paragraph(say`Before: ${flowText(base.flow)}.`)]),
      ...linesBlock(head.decisions),
      ...serverBlocks(head, base),
      ...dependenceBlock(head),
      ...(base === undefined ? [] : beforeBlocks(base)),
    ],
    mode,
  );
}

function entryBlocks({ entries }: RequestPath): Block[] {
  return entries.map((entry) => {
    const on = entry.listens.map(({ address }) => address);
    const where = on.length === 0 ? say`Entry ${entry.name}` : say`Entry ${entry.name} on ${list(on, 4)}`;
    return paragraph(where, words(' ('), place(entry.at), words(')'));
  });
}

function linesBlock(decisions: readonly Decision[]): Block[] {
  if (decisions.length === 0) return [];
  return [{ kind: 'list', items: decisions.map(lineItem) }];
}

/** `? be_canary where { … } (lb.cfg:9)`; a mark says whether the line decides. */
function lineItem({ at, when, to, certain, chance }: Decision): Line {
  const asked = when === undefined ? words('every request that gets here') : say`${shortened(when)}`;
  const part = chance === undefined ? asked : say`${asked}, ${partText(chance)} by chance`;
  return [
    { kind: 'mark', mark: certain || chance !== undefined ? 'pass' : 'open' },
    say` ${to}: ${part} `,
    words('('),
    place(at),
    words(')'),
  ];
}

/** Servers of head and base side by side. */
function serverBlocks({ servers }: RequestPath, base: RequestPath | undefined): Block[] {
  const before = new Map((base?.servers ?? []).map((one) => [keyOf(one), one] as const));
  const now = new Set(servers.map(keyOf));
  const gone = (base?.servers ?? []).filter((one) => !now.has(keyOf(one)));
  const row = (one: Answering, share: Part, was: Part): Line[] => [
    [say`${one.pool}`],
    [say`${one.server.name}`],
    [partText(share)],
    ...(base === undefined ? [] : [[partText(was)]]),
    [place(one.server.at)],
  ];
  const rows = [
    ...servers.map((one) => row(one, one.share, before.get(keyOf(one))?.share ?? 0)),
    ...gone.map((one) => row(one, 0, one.share)),
  ];
  if (rows.length === 0) return [];
  const column = (title: string, align: 'left' | 'right' = 'left') => ({ title, align });
  return [
    {
      kind: 'table',
      caption: words('Servers that may answer'),
      columns: [
        column('pool'),
        column('server'),
        column('share', 'right'),
        ...(base === undefined ? [] : [column('before', 'right')]),
        column('line'),
      ],
      rows: rows.slice(0, MOST_ROWS),
    },
    ...(rows.length > MOST_ROWS
      ? [paragraph(say`${rows.length - MOST_ROWS} more servers are in the JSON document.`)]
      : []),
  ];
}

const MOST_ROWS = 40;

function dependenceBlock({ decisions, notes }: RequestPath): Block[] {
  const items: Line[] = [
    ...decisions.flatMap(({ dependsOn, at, to }) => dependsOn.map((on): Line => [place(at), say` ${to}: ${on}`])),
    ...notes.map(({ text, at }): Line => (at === undefined ? [text] : [place(at), say`: ${text}`])),
  ];
  return items.length === 0
    ? []
    : [{ kind: 'details', title: 'Depends on', open: true, blocks: [{ kind: 'list', items }] }];
}

function beforeBlocks(base: RequestPath): Block[] {
  const blocks = [...entryBlocks(base), ...linesBlock(base.decisions), ...dependenceBlock(base)];
  return blocks.length === 0 ? [] : [{ kind: 'details', title: 'Before', open: true, blocks }];
}

function keyOf({ pool, server }: Answering): string {
  return `${pool}\0${server.name}`;
}

function place(at: Span): Line[number] {
  return { kind: 'place', place: placeOf(at) };
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const LONGEST = 120;

interface Placed {
  readonly file: string;
  readonly line: number;
}

interface PathDocument {
  readonly entries: readonly (Placed & { readonly name: string; readonly listens: readonly string[] })[];
  readonly lines: readonly (Placed & {
    readonly when: string | null;
    readonly to: string;
    readonly decides: boolean;
    readonly chance: number | null;
    readonly dependsOn: readonly string[];
  })[];
  readonly flow: ReturnType<typeof flowDocument>;
  readonly servers: readonly (Placed & {
    readonly pool: string;
    readonly name: string;
    readonly address: string | null;
    readonly port: number | null;
    readonly share: Part;
  })[];
  readonly notes: readonly string[];
}

/** The published document of `--json`, schemas/route.schema.json. Texts in it are raw. */
export interface RouteDocument {
  readonly version: 1;
  readonly request: { readonly method: string; readonly url: string };
  readonly head: PathDocument;
  readonly base: PathDocument | null;
}

/** For `--json`. */
export function routeDocument({ request, head, base }: RouteReport): RouteDocument {
  return {
    version: 1,
    request: { method: request.method, url: request.url.href },
    head: pathDocument(head),
    base: base === undefined ? null : pathDocument(base),
  };
}

function pathDocument({ entries, decisions, flow, servers, notes }: RequestPath): PathDocument {
  const at = (span: Span): Placed => ({ file: span.source.path, line: lineOf(span) });
  return {
    entries: entries.map((entry) => ({
      name: entry.name,
      ...at(entry.at),
      listens: entry.listens.map(({ address }) => address),
    })),
    lines: decisions.map((one) => ({
      ...at(one.at),
      when: one.when ?? null,
      to: one.to,
      decides: one.certain,
      chance: one.chance ?? null,
      dependsOn: one.dependsOn.map(plain),
    })),
    flow: flowDocument(flow),
    servers: servers.map(({ pool, server, share }) => ({
      pool,
      name: server.name,
      ...at(server.at),
      address: server.address ?? null,
      port: server.port?.value ?? null,
      share,
    })),
    notes: notes.map(({ text }) => plain(text)),
  };
}
