/**
 * The style of the HTML report, for light and dark. No element has a style of its own, so that the policy of the page can
 * allow exactly this text and nothing else.
 */
export const STYLE = `
:root { color-scheme: light dark; --page: #fff; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --raised: #f6f8fa; --link: #0550ae;
  --good: #116329; --bad: #b3261e; --warn: #7d4e00; --info: #0550ae; --bar: #4a7ab5; --track: #e3e8ee; --mark: #1f2328; --hit: #fff1c2; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --text: #e6edf3; --soft: #9da7b3; --line: #3d444d; --raised: #151b23; --link: #79b8ff;
    --good: #56d364; --bad: #ff8882; --warn: #e3b341; --info: #79b8ff; --bar: #4f86c6; --track: #262c36; --mark: #f0f6fc; --hit: #4a3c0b; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
main { padding-top: 1.5rem; }
footer { padding-bottom: 2rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .75rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code, pre { font: .9em/1.45 ui-monospace, monospace; }
code { background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: .05em .3em; }
ul { padding-left: 0; list-style: none; }
li { margin: .6rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.caution { border-left: 4px solid var(--bad); background: var(--raised); padding: .75rem 1rem; margin: 1rem 0; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; margin: .75rem 0; overflow-wrap: normal; }
details caption { position: absolute; clip-path: inset(50%); }
caption { text-align: left; color: var(--soft); font-size: .875rem; padding-bottom: .25rem; }
th, td { text-align: left; padding: .35rem .75rem; border-bottom: 1px solid var(--line); vertical-align: middle; font-weight: 400; }
thead th { font-weight: 600; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
.b { width: 10rem; height: 1rem; vertical-align: middle; }
.t { fill: var(--track); } .f { fill: var(--bar); } .m { stroke: var(--mark); stroke-width: 2; } .i { stroke: var(--warn); stroke-width: 2; fill: none; }
.pass { color: var(--good); } .fail { color: var(--bad); } .warning, .open { color: var(--warn); } .notice { color: var(--info); } .skipped { color: var(--soft); }
.sign { font-weight: 600; white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; margin: .75rem 0; }
summary { cursor: pointer; font-weight: 600; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .5rem 0; overflow-x: auto; overflow-wrap: normal; }
pre span { display: block; padding: 0 .75rem; min-width: max-content; }
.hit { background: var(--hit); font-weight: 600; } .add { color: var(--good); } .del { color: var(--bad); } .soft { color: var(--soft); }
@media (max-width: 30rem) { th, td { padding: .35rem .4rem; } .b { width: 6.5rem; } }
@media print { details::details-content { content-visibility: visible; block-size: auto; } }
`;
