import type { Caveat, Server } from '../../model/pool.ts';
import { say } from '../../text/say.ts';
import type { Settings } from './settings.ts';

/** What picks servers from outside the weights, for some requests or for all of them. */
export function diversions(settings: Settings, servers: readonly Server[]): Caveat[] {
  return [...directed(settings), ...remembered(settings, servers)];
}

/** Servers that are kept from before: by a table whose keys are few, or by a server state file. */
function remembered(settings: Settings, servers: readonly Server[]): Caveat[] {
  const found: Caveat[] = [];
  const stick = settings.stick();
  const key = stick?.words[2]?.text;
  if (stick !== undefined && key !== undefined && isConstant(key)) {
    const always = stick.words.length === 3 || stick.words[3]?.text === 'table';
    found.push({
      at: stick.at,
      bends: always ? 'all' : 'some',
      reason: say`${'stick'} keeps all clients of one ${key} on one server`,
    });
  } else if (stick !== undefined && servers.some((server) => server.priority.value !== 0))
    found.push({
      at: stick.at,
      bends: 'some',
      reason: say`${'stick'} keeps clients on a backup once it has served them`,
    });
  const state = settings.last('load-server-state-from-file');
  if (state !== undefined && state.words[1]?.text !== 'none')
    found.push({ at: state.at, bends: 'some', reason: say`weights and states are loaded from the server state file` });
  return found;
}

/** The same for all clients of one listener. */
function isConstant(key: string): boolean {
  return /^(?:dst|dst_port|fc_dst|fc_dst_port|so_id|fe_id|fe_name|be_id|be_name|always_true|(?:str|int|bool|ipv4)\(.*\))$/.test(
    key,
  );
}

/** Lines that name the server for some requests, or for all of them. */
function directed(settings: Settings): Caveat[] {
  return settings.all('use-server').flatMap(({ words, at }): Caveat[] => {
    const { text, share } = settings.acls.condition(words);
    if (share === 0) return [];
    const reason = say`${'use-server'} sends requests to a server of its own choice`;
    return [{ at, reason, bends: text === undefined && share === 1 ? 'all' : 'some' }];
  });
}
