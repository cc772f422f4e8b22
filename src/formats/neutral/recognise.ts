/** How sure it is that a text is of this format: YAML or JSON with version 1 and a list of pools at its top. */
export function recognise(path: string, text: string): number {
  if (!/\.(?:ya?ml|json)$/i.test(path)) return 0;
  if (/["']?\$schema["']?\s*:\s*["']?\S*evenkeel\S*pools-v1/.test(text.slice(0, 4096))) return 1;
  const block = /^pools:[ \t]*(?:#.*)?\r?$/m.exec(text);
  const rest = block === null ? undefined : nextContent(text, block.index + block[0].length);
  // The checklist file has a map of pools; a list starts with a dash.
  const list = /^- |^-\r?$/.test(rest ?? '') || /^pools:[ \t]*(?:\[|\*\w)/m.test(text);
  if (list) return /^version:[ \t]*1[ \t]*(?:#.*)?\r?$/m.test(text) ? 0.95 : 0.5;
  const flow = text.trimStart().startsWith('{') && /["']?pools["']?\s*:\s*\[/.test(text);
  if (flow) return /["']?version["']?\s*:\s*1\s*[,}\r\n]/.test(text) ? 0.9 : 0.4;
  return 0;
}

/** The first line after an offset that is neither blank nor a comment, without its indentation. */
function nextContent(text: string, from: number): string | undefined {
  for (let start = text.indexOf('\n', from) + 1; start > 0; start = text.indexOf('\n', start) + 1) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? undefined : end).trimStart();
    if (line.trim() !== '' && !line.startsWith('#')) return line;
  }
  return undefined;
}
