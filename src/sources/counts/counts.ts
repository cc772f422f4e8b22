import schema from '../../../schemas/counts.schema.json' with { type: 'json' };
import type { Counts } from '../../model/counts.ts';
import { InputError } from '../../model/tree.ts';
import { toPlain } from '../../text/positioned.ts';
import { plain } from '../../text/say.ts';
import { SchemaCheck } from '../../text/schema-errors.ts';
import { SourceFile } from '../../text/source.ts';
import { readYaml } from '../../text/yaml-tree.ts';

const check = new SchemaCheck(schema);

/** Reads one counts file (schemas/counts.schema.json). Throws InputError that names the place and the fault. */
export function readCounts(path: string, text: string): Counts {
  const source = new SourceFile(path, text);
  const { documents, faults } = readYaml(source);
  const [root] = documents;
  const [syntax] = faults;
  if (syntax !== undefined || root === undefined) {
    throw new InputError(`${path} is not a counts file: ${syntax === undefined ? 'it is empty' : plain(syntax.what)}.`);
  }
  const [fault] = check.faults(root);
  if (fault !== undefined) {
    const { line } = fault.at.source.position(fault.at.start);
    throw new InputError(`${path}:${line} is not a counts file: ${plain(fault.what)}. ${plain(fault.fix)}`);
  }
  return toPlain(root) as Counts;
}
