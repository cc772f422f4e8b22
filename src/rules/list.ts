// Made by script/generate from the folders beside it.
import { rule as checklistChanged } from './checklist-changed/rule.ts';
import { rule as configUnparsable } from './config-unparsable/rule.ts';
import { rule as invalidWeight } from './invalid-weight/rule.ts';
import { rule as malformedNumber } from './malformed-number/rule.ts';
import { rule as policy } from './policy/rule.ts';
import { rule as schemaInvalid } from './schema-invalid/rule.ts';
import { rule as suppressionAdded } from './suppression-added/rule.ts';
import { rule as unlistedServer } from './unlisted-server/rule.ts';
import { rule as unresolvedTemplateOrInclude } from './unresolved-template-or-include/rule.ts';
import type { Rule } from './rule.ts';

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  checklistChanged,
  configUnparsable,
  invalidWeight,
  malformedNumber,
  policy,
  schemaInvalid,
  suppressionAdded,
  unlistedServer,
  unresolvedTemplateOrInclude,
];
