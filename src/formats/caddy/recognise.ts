import { isDirective } from './order.ts';

/** How sure it is that a text is a Caddyfile, or Caddy's JSON. */
export function recognise(path: string, text: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.json$/i.test(name)) return isJson(text) ? 0.9 : 0;
  if (/^Caddyfile(?:$|[.-])|\.caddy(?:file)?$/i.test(name)) return text.trim() === '' ? 0 : 0.98;
  if (/\.(?:ya?ml|toml|cfg|tf|hcl|json5?|vcl|xml|md)$/i.test(name)) return 0;
  // Parts that a Caddyfile imports have any name.
  const proxies = /^[ \t]*(?:reverse_proxy|php_fastcgi)[ \t][^;\n]*$/m.test(text);
  return proxies && isMadeOfDirectives(text) ? 0.9 : 0;
}

/** Blocks whose lines do not end in semicolons and begin with words of Caddy. */
function isMadeOfDirectives(text: string): boolean {
  const words = [...text.matchAll(/^[ \t]*([a-z_]+)\b[^;\n]*$/gm)].slice(0, 200).map((match) => match[1] ?? '');
  const known = words.filter((word) => isDirective(word)).length;
  return known > 0 && !/;[ \t]*\r?$/m.test(text);
}

function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  return /"apps"\s*:/.test(text) && /"http"\s*:\s*\{/.test(text) && /"servers"\s*:\s*\{/.test(text);
}
