/**
 * Rendered Markdown in a page that lays it out as GitHub does where it matters for fitting: fonts, code, tables that scroll by
 * themselves, alerts.
 */
export function githubPage(rendered: string): string {
  const alert = /<blockquote>\n<p>\[!CAUTION\]\n/g;
  const body = rendered
    .replace(alert, '<blockquote class="caution">\n<p><b>Caution</b></p><p>')
    .replace(/<pre lang="\w+">/g, '<pre>');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Comment</title><style>${STYLE}</style></head><body><main><h1>Comment</h1><h2>evenkeel</h2>${body}</main></body></html>`;
}

const STYLE = `
:root { color-scheme: light dark; --page: #fff; --text: #1f2328; --line: #d1d9e0; --code: #eff1f3; --link: #0969da; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --text: #f0f6fc; --line: #3d444d; --code: #262c36; --link: #4493f8; } }
body { margin: 0; padding: 16px; background: var(--page); color: var(--text); font: 16px/1.5 sans-serif; word-wrap: break-word; }
main { max-width: 780px; margin: 0 auto; }
h1, h2 { position: absolute; left: -999px; width: 1px; overflow: hidden; }
a { color: var(--link); }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse; margin: 16px 0; }
th, td { padding: 6px 13px; border: 1px solid var(--line); }
code { font: 85% monospace; background: var(--code); padding: .2em .4em; border-radius: 6px; white-space: break-spaces; }
pre { background: var(--code); padding: 16px; overflow: auto; border-radius: 6px; }
pre code { white-space: pre; padding: 0; }
blockquote { margin: 0; padding: 0 1em; border-left: .25em solid var(--line); }
.caution { border-color: #cf222e; } .caution b { color: #cf222e; } @media (prefers-color-scheme: dark) { .caution b { color: #f85149; } }
sub { font-size: 75%; vertical-align: baseline; }
`;
