/** How a server is recognised in its answers. `name` is a header, a cookie, or a JSON pointer or key. */
export type IdentifyBy = { readonly by: 'auto' } | { readonly by: 'header' | 'cookie' | 'json'; readonly name: string };

/** Where an answer shows the deployed generation, and which one to wait for when that is given. */
export interface VersionField {
  readonly by: 'header' | 'json';
  readonly name: string;
  readonly value: string | undefined;
}

/** How far a share may be off. Shares and points 0..1. */
export type Tolerance =
  | { readonly kind: 'auto' }
  | { readonly kind: 'relative'; readonly share: number }
  | { readonly kind: 'points'; readonly points: number };
