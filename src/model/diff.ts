import type { Part } from './share.ts';

/** The diff document (schemas/diff.schema.json) that schema policies are applied to. Shares 0..1, null = unknown. */
export interface DiffDocument {
  readonly version: 1;
  readonly summary: DiffSummary;
  readonly pools: readonly DiffPool[];
  readonly entries: readonly DiffEntry[];
}

/** Where requests come in, and the classes of requests that go elsewhere than before. */
export interface DiffEntry {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly change: ChangeKindOfPool;
  readonly changes: readonly DiffChange[];
  readonly classes: readonly {
    /** Null = every request that no condition names. */
    readonly when: string | null;
    readonly file: string;
    readonly line: number;
    readonly before: FlowDocument;
    readonly after: FlowDocument;
  }[];
}

/** What becomes of a class of requests: parts 0..1 or their bounds, together 1. */
export interface FlowDocument {
  readonly pools: readonly { readonly key: string; readonly name: string; readonly share: Part }[];
  readonly lost: Part;
  readonly answered: Part;
  readonly unknown: Part;
}

export interface DiffSummary {
  readonly poolsAdded: number;
  readonly poolsRemoved: number;
  readonly poolsChanged: number;
  readonly serversAdded: number;
  readonly serversRemoved: number;
  readonly checksLost: number;
  /** Largest rise of any server's idle share, 0..1. */
  readonly maxShareIncrease: number;
  /** Largest share of hash keys that moves to another server in any pool, 0..1; null when it cannot be told. */
  readonly maxKeysMoved: number | null;
}

export type ChangeKindOfPool = 'added' | 'removed' | 'changed' | 'same';

/** One change of one setting. `setting` is the product's own name for kind `option-changed`. */
export const CHANGE_KINDS = [
  'server-added',
  'server-removed',
  'server-renamed',
  'address-changed',
  'weight-changed',
  'state-changed',
  'tier-changed',
  'count-changed',
  'check-lost',
  'check-added',
  'check-changed',
  'passive-check-changed',
  'algorithm-changed',
  'stickiness-changed',
  'limit-changed',
  'timeout-changed',
  'slow-start-changed',
  'retries-changed',
  'route-changed',
  'entry-added',
  'entry-removed',
  'entry-setting-changed',
  'listen-changed',
  'hosts-changed',
  'answer-changed',
  'order-changed',
  'option-changed',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface DiffChange {
  readonly kind: ChangeKind;
  readonly server: string | null;
  readonly setting: string;
  /** Null = not set; `unknown` = set to what the config does not tell. */
  readonly before: string | number | boolean | null;
  readonly after: string | number | boolean | null;
  readonly file: string;
  readonly line: number;
}

export interface DiffPool {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly change: ChangeKindOfPool;
  readonly before: DiffPoolState | null;
  readonly after: DiffPoolState | null;
  readonly changes: readonly DiffChange[];
  readonly servers: readonly DiffServer[];
}

export interface DiffPoolState {
  readonly algorithm: string;
  readonly stickiness: string | null;
  readonly activeCheck: string | null;
  /** Servers that get traffic while all answer: up, weight above 0, no backups unless they serve; null when the config does not tell. */
  readonly activeServers: number | null;
  readonly maxShare: number | null;
  /** Largest share of any server after the worst single failure. */
  readonly maxShareAfterLoss: number | null;
}

export interface DiffServer {
  readonly name: string;
  readonly line: number;
  readonly change: 'added' | 'removed' | 'changed' | 'same';
  readonly before: DiffServerState | null;
  readonly after: DiffServerState | null;
  readonly shareBefore: number | null;
  readonly shareAfter: number | null;
  readonly shareIncrease: number | null;
  /** `shareIncrease` where the share ends above an even split, else 0: a rise towards even makes nothing worse. */
  readonly riseBeyondEven: number | null;
  /** How many times the weight grew or shrank, 1 or more; null when a weight is unknown, 0 or not there on both sides. */
  readonly weightFactor: number | null;
}

export interface DiffServerState {
  readonly address: string | null;
  readonly port: number | null;
  readonly weight: number | null;
  /** 0 = primary. */
  readonly priority: number | null;
  readonly tier: 'primary' | 'backup' | null;
  readonly state: 'up' | 'drain' | 'down' | 'degraded' | null;
  readonly checked: boolean;
}
