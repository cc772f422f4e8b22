import { activePrimaries } from '../../compare/stages.ts';
import { list, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'passive-check-disabled',
  title: 'Servers that keep failing are ejected',
  severity: 'warning',
  covers: { 'health-check-removed-or-weakened': 'server' },
  scope: 'pool',
  *check({ pool }) {
    if (activePrimaries(pool).length < 2) return;
    const kept = pool.servers.filter(
      (server) => server.passiveCheck?.maxFails.value === 0 && !server.activeCheck && server.state.value === 'up',
    );
    const [first] = kept;
    const at = first?.passiveCheck?.maxFails.at;
    if (first === undefined || at === undefined) return;
    const names = kept.map((server) => server.name);
    const off = pool.dialect.terms.neverEjected;
    const fix = pool.dialect.advice.ejectAgain;
    if (off === undefined || fix === undefined) return;
    yield {
      at,
      ...(kept.length === 1 ? { server: first.name } : {}),
      key: names.toSorted().join(' '),
      what: say`${list(names)} of ${name(pool.name)} ${kept.length === 1 ? say`has` : say`have`} ${off}, so failures never remove a server, and no other check does.`,
      why: say`A failed server keeps its share: every request sent to it waits for the connect timeout or fails.`,
      fix,
    };
  },
});
