import { readInputs, type Inputs } from '../settings/inputs.ts';
import type { Flags } from './io.ts';

/**
 * The inputs that were typed as flags. `named`: how people call an input that a command takes without a flag, such as `The URL`.
 * Throws InputError.
 */
export function inputsOf(flags: Flags, named: Readonly<Record<string, string>>): Inputs {
  return readInputs(
    (name) => asText(flags[camelCase(name)]),
    (name) => named[name] ?? `--${name}`,
  );
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function asText(value: Flags[string]): string {
  if (value === undefined || value === true) return '';
  return typeof value === 'string' ? value : value.join('\n');
}
