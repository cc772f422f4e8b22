import schema from '../../../schemas/counts.schema.json' with { type: 'json' };
import type { Counts } from '../../model/counts.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { InputError } from '../../model/tree.ts';
import { headOf, nodeAt, toPlain, type PNode } from '../../text/positioned.ts';
import { plain, say } from '../../text/say.ts';
import { SchemaCheck } from '../../text/schema-errors.ts';
import { SourceFile } from '../../text/source.ts';
import { readYaml } from '../../text/yaml-tree.ts';
import { impossibleCount } from './impossible.ts';

const check = new SchemaCheck(schema);

/**
 * Reads one counts file (schemas/counts.schema.json). Throws InputError that names the place and the fault, also for counts
 * that no measurement can have, such as more errors than answers.
 */
export function readCounts(path: string, text: string): Counts {
  const source = new SourceFile(path, text);
  const { documents, faults } = readYaml(source);
  const [root] = documents;
  const [syntax] = faults;
  if (syntax !== undefined || root === undefined) {
    throw new InputError(`${path} is not a counts file: ${syntax === undefined ? 'it is empty' : plain(syntax.what)}.`);
  }
  const [fault] = check.faults(root);
  if (fault !== undefined) throw refusal(fault.at, say`is not a counts file: ${fault.what}. ${fault.fix}`);
  const counts = toPlain(root) as Counts;
  const impossible = impossibleCount(counts);
  if (impossible !== undefined) {
    throw refusal(
      placeOf(root, impossible.path),
      say`has impossible counts: ${impossible.what}. Set the counts of one measurement.`,
    );
  }
  return counts;
}

function placeOf(root: PNode, path: readonly string[]): Span {
  return headOf(nodeAt(root, path) ?? root);
}

function refusal(at: Span, message: Text): InputError {
  const { line } = at.source.position(at.start);
  return new InputError(`${at.source.path}:${line} ${plain(message)}`);
}
