import type { LoadedState } from '../model/loaded.ts';

/** What an admin interface answered, by command; `http` is the body of its page. */
export type AdminAnswers = Readonly<Record<string, string>>;

/** Reads what a product's admin interface says is loaded. Pure: text in, state out. */
export interface AdminReader {
  /** The word before the colon: `haproxy`. */
  readonly product: string;
  /** Sent to its socket, each over a connection of its own. */
  readonly commands: readonly string[];
  /** The page that holds the same over HTTP, from the address that people know. */
  page(url: URL): URL;
  /** What that page is called: `admin interface`. */
  readonly pageName: string;
  /** @throws InputError when the answers are not what the interface gives */
  read(source: string, answers: AdminAnswers): LoadedState;
}
