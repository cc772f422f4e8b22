/** The one type that the declarations of toml-eslint-parser take from ESLint, which nothing here needs. */
declare module 'eslint' {
  namespace SourceCode {
    type VisitorKeys = Readonly<Record<string, readonly string[]>>;
  }
}
