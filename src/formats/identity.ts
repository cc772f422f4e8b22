/** How a product can be made to say which server answered, and how it is recognized when no config is known. */
export interface Identity {
  /** As its makers write it. */
  readonly product: string;
  /** One line of its config; it works as it stands, and its header is one that `auto` finds. At most 80 characters. */
  readonly line: string;
  /** Where the line goes, as the end of a sentence. */
  readonly where: string;
  /** Headers that it leaves in responses. Any of them is enough. */
  readonly marks: readonly { readonly header: string; readonly value: RegExp }[];
  /** Its marks may be those of a server behind a product that leaves none. */
  readonly alsoServes: boolean;
  /** Place in the list of suggestions when nothing is known, from 1. */
  readonly order: number;
}
