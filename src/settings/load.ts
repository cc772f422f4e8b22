import type { Text } from '../model/text.ts';
import { InputError, type FileTree } from '../model/tree.ts';
import type { Rule } from '../rules/rule.ts';
import { list, say } from '../text/say.ts';
import { readSettings, type Settings } from './settings.ts';

export interface SettingsSource {
  readonly head: { readonly tree: FileTree };
  /** What the settings are read from; see `proposed` for when it is undefined. */
  readonly trusted: FileTree | undefined;
  /** Nothing of the head may decide how it is judged. */
  readonly proposed: boolean;
  /** Path of the checklist file. */
  readonly checklist: string;
  /** True when the path was given by hand: then the file must be there. */
  readonly checklistNamed: boolean;
  /** More policies for the diff, as paths. */
  readonly schemas: readonly string[];
}

export interface LoadedSettings {
  readonly settings: Settings;
  readonly notes: readonly Text[];
}

/**
 * The settings that a run is judged by. A proposal is judged by those of `trusted`; where it has none, or none that can be read, by
 * the recommended ones without ignores. Throws InputError for a checklist file that cannot be used.
 */
export function loadSettings(source: SettingsSource, rules: readonly Rule[]): LoadedSettings {
  return source.proposed ? ofTrusted(source, rules) : ofOwn(source, rules);
}

/** Whoever may write the head also says how it is judged; a base that has a checklist file comes first all the same. */
function ofOwn(source: SettingsSource, rules: readonly Rule[]): LoadedSettings {
  const { trusted, head, checklist, schemas } = source;
  const atBase = trusted?.read(checklist) !== undefined;
  const atHead = head.tree.read(checklist) !== undefined;
  const path = atBase || atHead || source.checklistNamed ? checklist : undefined;
  const tree = trusted === undefined || (!atBase && atHead) ? head.tree : trusted;
  const { settings, notes } = readSettings({ path, tree, rules, schemas });
  const onlyAtHead = trusted !== undefined && !atBase && atHead;
  return {
    settings,
    notes: onlyAtHead
      ? [...notes, say`${checklist} is not at the base yet, so the one of this change is used.`]
      : notes,
  };
}

function ofTrusted(source: SettingsSource, rules: readonly Rule[]): LoadedSettings {
  const { trusted, head, checklist } = source;
  const { schemas, later } = policiesOf(source);
  const recommended = (...reasons: readonly Text[]): LoadedSettings => {
    const { settings } = readSettings({ path: undefined, tree: trusted ?? head.tree, rules, schemas });
    return { settings, notes: [...reasons, ...later] };
  };
  if (trusted === undefined) {
    return recommended(
      say`The branch that settings are read from could not be read, so the recommended settings hold, without ignores. Those of this change take effect after its merge.`,
    );
  }
  if (trusted.read(checklist) === undefined && (head.tree.read(checklist) !== undefined || !source.checklistNamed)) {
    const added = head.tree.read(checklist) !== undefined;
    return added
      ? recommended(
          say`${checklist} is not at the base yet: it takes effect after the merge of this change, which is judged by the recommended settings.`,
        )
      : recommended();
  }
  try {
    const { settings, notes } = readSettings({ path: checklist, tree: trusted, rules, schemas });
    return { settings, notes: [...notes, ...later] };
  } catch (error) {
    // One that is nowhere was named wrongly.
    if (!(error instanceof InputError) || trusted.read(checklist) === undefined) throw error;
    return recommended(
      say`The checklist file at the base cannot be used, so the recommended settings hold, without ignores. Correct it: ${error.message}`,
    );
  }
}

/** The named policies that hold, and a note on those that only the change has. */
function policiesOf({ trusted, head, schemas }: SettingsSource): {
  readonly schemas: readonly string[];
  readonly later: readonly Text[];
} {
  const isLater = (file: string): boolean =>
    trusted === undefined || (trusted.read(file) === undefined && head.tree.read(file) !== undefined);
  const later = schemas.filter(isLater);
  return {
    schemas: schemas.filter((file) => !isLater(file)),
    later:
      later.length === 0
        ? []
        : [say`${list(later)} is not at the base yet: it takes effect after the merge of this change.`],
  };
}
