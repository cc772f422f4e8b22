import picomatch from 'picomatch';
import { FORMATS } from '../formats/list.ts';
import type { FormatReader, ReadOptions } from '../formats/reader.ts';
import type { Config } from '../model/config.ts';
import type { ReportInput } from '../model/report.ts';
import type { Text } from '../model/text.ts';
import { InputError, type FileTree } from '../model/tree.ts';
import type { FormatOverride } from '../settings/settings-file.ts';
import { LIMITS } from '../text/limits.ts';
import { name, say } from '../text/say.ts';
import { didYouMean } from '../text/suggest.ts';
import { tooLarge } from './size.ts';

/** The configs of one revision: where they are read from and which files are the roots. */
export interface Estate {
  readonly tree: FileTree;
  /** Paths in the tree, in the order they were named. */
  readonly files: readonly string[];
}

export interface ReadEstate {
  readonly configs: readonly Config[];
  readonly inputs: readonly ReportInput[];
  /** True when a file could not be used at all: absent, binary, too large, or of no known product. */
  readonly unusable: boolean;
  /** Files with more pools, servers or conditions than can be judged. */
  readonly large: ReadonlySet<string>;
}

export interface ReadSettings {
  readonly rootMap: Readonly<Record<string, string>>;
  readonly productVersions: Readonly<Record<string, string>>;
  /** The formats of files that the checklist file names; the last that matches counts; none when left out. */
  readonly formats?: readonly FormatOverride[];
}

/**
 * Reads every named file with the reader that knows it. A file that another one includes is read there only.
 * One bad file never hides the others: it becomes an input that says why.
 */
export function readEstate(estate: Estate, settings: ReadSettings): ReadEstate {
  const configs: Config[] = [];
  const inputs: ReportInput[] = [];
  const large = new Set<string>();
  let unusable = false;
  const refuse = (file: string, reason: Text): void => {
    unusable = true;
    inputs.push({ file, format: null, status: 'refused', line: null, reason });
  };
  let total = 0;
  const known: Known[] = [];
  for (const file of estate.files) {
    try {
      const text = estate.tree.read(file);
      if (text === undefined) {
        refuse(file, say`${file} does not exist or is not a regular file: name config files that exist`);
        continue;
      }
      total += text.length;
      if (total > LIMITS.totalBytes) {
        refuse(file, say`the configs are more than ${LIMITS.totalBytes / 1e6} MB together: name fewer files`);
        continue;
      }
      const reader = readerFor(file, text, settings.formats);
      if (reader === undefined && /^(?:[^\S\n]*(?:#[^\n]*)?(?:\n|$))*$/.test(text)) {
        // Nothing but remarks: there is nothing to read, whatever the product.
        inputs.push({ file, format: null, status: 'read', line: null, reason: null });
        continue;
      }
      if (reader === undefined) {
        refuse(
          file,
          say`${file} is not a config that evenkeel can read (${name(formatTitles())}): leave it out of ${'config'}`,
        );
        continue;
      }
      known.push({ file, text, reader });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refuse(file, say`${error.message}`);
    }
  }
  for (const { reader, files } of setsOf(known)) {
    try {
      const options = optionsFor(reader, settings);
      const [first = ''] = files;
      const config =
        files.length > 1 && reader.readSet !== undefined
          ? reader.readSet(files, estate.tree, options)
          : reader.read(first, estate.tree, options);
      const reason = tooLarge(config);
      if (reason !== undefined) {
        for (const file of files) {
          refuse(file, reason);
          large.add(file);
        }
        continue;
      }
      configs.push(config);
      inputs.push(...files.map((file) => inputOf(config, file)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const file of files) refuse(file, say`${error.message}`);
    }
  }
  const included = includedPaths(configs);
  return {
    configs: configs.filter((config) => !included.has(config.path)),
    inputs: inputs.filter((input) => input.status === 'refused' || !included.has(input.file)),
    unusable,
    large,
  };
}

interface Known {
  readonly file: string;
  readonly text: string;
  readonly reader: FormatReader;
}

/** Files that are read as one config, in the order in which the first of each was named. */
function setsOf(known: readonly Known[]): { readonly reader: FormatReader; readonly files: readonly string[] }[] {
  const order = new Map(known.map(({ file }, position) => [file, position]));
  const readers = new Set(known.map(({ reader }) => reader));
  return [...readers]
    .flatMap((reader) => {
      const own = known.filter((one) => one.reader === reader).map(({ file, text }) => ({ path: file, text }));
      const sets = reader.sets?.(own) ?? own.map(({ path }) => [path]);
      return sets.map((files) => ({ reader, files, at: Math.min(...files.map((file) => order.get(file) ?? 0)) }));
    })
    .toSorted((a, b) => a.at - b.at);
}

/** Paths of configs that another one reads with its own. Of files that include each other the first named stands. */
function includedPaths(configs: readonly Config[]): ReadonlySet<string> {
  const byPath = new Map(
    configs.map((config, position) => [config.path, { config, position, files: new Set(config.files) }]),
  );
  const included = new Set<string>();
  for (const outer of byPath.values()) {
    for (const path of outer.files) {
      const inner = byPath.get(path);
      if (inner === undefined || inner === outer || inner.config.dialect.format !== outer.config.dialect.format)
        continue;
      const circle = inner.files.has(outer.config.path);
      if (!circle || outer.position < inner.position) included.add(path);
    }
  }
  return included;
}

/** Throws InputError when the checklist file names a format that is not read. */
export function requireFormats(named: readonly { readonly format: string }[]): void {
  const known = FORMATS.map(({ dialect }) => dialect.format);
  const unknown = named.find(({ format }) => !known.includes(format))?.format;
  if (unknown === undefined) return;
  const fix = `write ${didYouMean(unknown, known) ?? `one of ${known.join(', ')}`}.`;
  throw new InputError(`The checklist file names the format ${JSON.stringify(unknown)}, which is not read; ${fix}`);
}

/** The reader that the checklist file names for the file, else the one that is surest that it is its own. */
function readerFor(path: string, text: string, overrides: readonly FormatOverride[] = []): FormatReader | undefined {
  const told = overrides.findLast(({ files }) => picomatch.isMatch(path, files, { dot: true }));
  if (told !== undefined) return FORMATS.find(({ dialect }) => dialect.format === told.format);
  let best: { reader: FormatReader; sure: number } | undefined;
  for (const reader of FORMATS) {
    const sure = reader.recognise(path, text);
    if (sure > (best?.sure ?? 0)) best = { reader, sure };
  }
  return best?.reader;
}

/** `HAProxy, nginx, …` for messages. */
function formatTitles(): string {
  return FORMATS.map(({ dialect }) => dialect.title).join(', ');
}

function optionsFor(reader: FormatReader, settings: ReadSettings): ReadOptions {
  const productVersion = settings.productVersions[reader.dialect.format];
  return { rootMap: settings.rootMap, ...(productVersion === undefined ? {} : { productVersion }) };
}

function inputOf({ dialect: { format }, status, problems, unknowns }: Config, path: string): ReportInput {
  const told = [...problems.map(({ at, what }) => ({ at, reason: what })), ...unknowns];
  // What the root itself does not tell stands in a file that it includes.
  const first = told.find(({ at }) => at.source.path === path) ?? told[0];
  if (status === 'read' || first === undefined) return { file: path, format, status, line: null, reason: null };
  const { at, reason } = first;
  const { line } = at.source.position(at.start);
  return at.source.path === path
    ? { file: path, format, status, line, reason }
    : { file: path, format, status, line: null, reason: say`in ${at.source.path}, line ${String(line)}: ${reason}` };
}
