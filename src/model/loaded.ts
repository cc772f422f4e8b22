/** What a running balancer has loaded, as its admin interface reports it. Foreign text throughout. */
export interface LoadedState {
  /** Where it was read: `haproxy:/run/haproxy.sock`. */
  readonly source: string;
  /** Product and version, where the interface gives them. */
  readonly product?: string;
  /** Since the process started, s. */
  readonly uptimeSeconds?: number;
  readonly pools: readonly LoadedPool[];
}

export interface LoadedPool {
  readonly name: string;
  readonly servers: readonly LoadedServer[];
}

/** `maintenance` and `drain` are orders; `down` is what checks found. */
export type LoadedServerState = 'up' | 'drain' | 'maintenance' | 'down';

export interface LoadedServer {
  readonly name: string;
  /** Its row in the interface, for messages: `app/web1`. */
  readonly row: string;
  /** IP literal without brackets; absent where the interface does not show it. */
  readonly address?: string;
  readonly port?: number;
  /** Host name that the address is looked up by. */
  readonly host?: string;
  /** In force now. */
  readonly weight: number;
  /** What the loaded file gave, where the interface keeps it apart. */
  readonly fileWeight?: number;
  readonly state: LoadedServerState;
  /**
   * Who ordered maintenance or drain: the loaded file, somebody at run time, the server that this one tracks, or a name
   * that does not resolve. Absent = not ordered, or not shown.
   */
  readonly orderedBy?: 'file' | 'runtime' | 'tracked' | 'dns';
  /** The loaded file has it disabled, whatever was ordered since; absent = not shown. */
  readonly disabledInFile?: boolean;
  readonly check?: { readonly ok: boolean; readonly what: string };
  /** The server whose health this one has, `app/web1`. */
  readonly tracks?: string;
  /** An agent may set weight and state. */
  readonly agent: boolean;
  /** Requests (HTTP) or connections (TCP) since the start, and those answered with 5xx. */
  readonly requests: number;
  readonly errors: number;
}
