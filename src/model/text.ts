/**
 * A message made of our own words and of foreign values, kept apart until an output escapes each for its own place.
 * Made only by `say` (text/say.ts); a plain string is not a Text, so foreign text cannot reach an output unescaped.
 */
export type Part =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string };

export class Text {
  readonly parts: readonly Part[];
  constructor(parts: readonly Part[]) {
    this.parts = parts;
  }
}
