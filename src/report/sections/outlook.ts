import { lossText } from '../../compare/loss.ts';
import type { Report, ReportPool } from '../../model/report.ts';
import type { Headroom, Load } from '../../model/share.ts';
import type { Text } from '../../model/text.ts';
import { formatPercent, percent, say, sentences, words } from '../../text/say.ts';
import { paragraph, type Block } from '../blocks.ts';

/** What a failure does to a pool's shares, how much room its servers have for it, and how many keys the change moves. */
export function outlook({ pool, loss, headroom, keysMoved }: ReportPool, report: Report): Block[] {
  const about = report.findings.filter((finding) => finding.pool === pool.name);
  const found = new Set(about.flatMap(({ rule, covered = [] }) => [rule, ...covered.map((one) => one.rule)]));
  const said = found.has('n-1-worse') || found.has('weight-imbalance');
  const texts: Text[] = [];
  if (loss !== null && formatPercent(loss.before) !== formatPercent(loss.after) && !said)
    texts.push(say`If ${lossText(loss)}.`);
  if (headroom !== null) texts.push(headroomText(headroom));
  if (keysMoved !== null && keysMoved > 0 && !found.has('hash-remap'))
    texts.push(say`${percent(keysMoved)} of the keys move to a different server.`);
  return texts.length === 0 ? [] : [paragraph(sentences(...texts))];
}

/** `At the peak of 900, web2 carries 300 of 500 (60%), and 450 of 500 (90%) if web1 fails.` */
function headroomText({ peak, fullest, afterLoss }: Headroom): Text {
  const carried = ({ load, capacity }: Load): Text =>
    say`${Math.round(load)} of ${capacity} (${percent(load / capacity)})`;
  const whole = say`At the peak of ${peak}, ${fullest.server} carries ${carried(fullest)}`;
  if (afterLoss === null) return say`${whole}.`;
  const other = afterLoss.server === fullest.server ? words('') : say`${afterLoss.server} `;
  return say`${whole}, and ${other}${carried(afterLoss)} if ${afterLoss.lost} fails.`;
}
