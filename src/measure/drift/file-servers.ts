import type { Pool, Server } from '../../model/pool.ts';
import { templateNames, templateOf } from '../slots.ts';

/** One server that a file makes, and its line. */
export interface FileServer {
  readonly name: string;
  readonly server: Server;
  /** One of several that a line makes. */
  readonly slot: boolean;
}

/** The servers that a pool's lines make: a template of unknown size makes none that can be named. */
export function expectedServers(pool: Pool): readonly FileServer[] {
  return pool.servers.flatMap((server): FileServer[] => {
    const template = templateOf(server);
    if (template === undefined) return [{ name: server.name, server, slot: false }];
    return templateNames(template).map((name) => ({ name, server, slot: true }));
  });
}
