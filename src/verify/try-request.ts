import type { ProbeRequest } from '../probe/request.ts';
import { RULES } from '../rules/list.ts';
import { knownServers } from '../measure/known-servers.ts';
import type { MeasureRequest } from '../measure/measure-request.ts';
import { askedOf } from '../measure/target-entries.ts';
import { otherPools } from '../measure/other-pools.ts';
import { probeRequest } from '../measure/probe-request.ts';
import { readEstate } from './read.ts';
import { readSettings } from '../settings/settings.ts';
import { chooseSubject } from '../measure/subject.ts';
import type { Job } from './verify.ts';

/** The ten requests of `probe --try`: the servers of the config are known when there is one, and nothing is judged. */
export function tryRequest(job: Job, measure: MeasureRequest, target: URL): ProbeRequest {
  const { checklist, checklistNamed, head } = job;
  const path = checklistNamed || head.tree.read(checklist) !== undefined ? checklist : undefined;
  const { settings } = readSettings({ path, tree: head.tree, rules: RULES, schemas: [] });
  const { configs } = readEstate(head, settings);
  const subject = chooseSubject(configs, measure.pool, askedOf(measure, target));
  const elsewhere = otherPools(subject, configs, settings.pools);
  const [first] = configs;
  return {
    ...probeRequest(measure, target, knownServers(subject, configs, [], settings.pools), settings),
    ...(first === undefined ? {} : { format: first.dialect.format }),
    ...(elsewhere === undefined ? {} : { wrongPool: elsewhere.wrongPool }),
    begin: () => () => false,
  };
}
