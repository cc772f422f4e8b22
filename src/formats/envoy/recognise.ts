/** How sure it is that a text is configuration of Envoy: a bootstrap, resources, or a dump. */
export function recognise(path: string, text: string): number {
  if (!/\.(?:ya?ml|json)$/i.test(path)) return 0;
  const start = text.slice(0, 200_000);
  // Envoy's resources inside of objects for other tools.
  if (/^[ \t]*["']?apiVersion["']?[ \t]*:/m.test(start)) return 0;
  if (has(start, 'static_resources') || has(start, 'staticResources')) return 0.95;
  if (has(start, 'lb_endpoints') || has(start, 'lbEndpoints')) return 0.9;
  if (start.includes('type.googleapis.com/envoy.')) return 0.9;
  const isDynamic = has(start, 'dynamic_resources') || has(start, 'dynamicResources');
  if (isDynamic) return 0.9;
  const hosts = has(start, 'virtual_hosts') || has(start, 'virtualHosts');
  if (hosts && has(start, 'domains')) return 0.8;
  const named = has(start, 'name') && (has(start, 'lb_policy') || has(start, 'lbPolicy'));
  return named && (has(start, 'connect_timeout') || has(start, 'connectTimeout')) ? 0.8 : 0;
}

/** Whether a text has a key; keys stand at the start of a line, after a dash, a brace or a comma. */
function has(text: string, key: string): boolean {
  for (let from = text.indexOf(key); from >= 0; from = text.indexOf(key, from + key.length)) {
    const after = text.slice(from + key.length, from + key.length + 2);
    const before = text[from - 1];
    if (/^["']?:|^["']? /.test(after) && (before === undefined || /[\s"'{,-]/.test(before))) return true;
  }
  return false;
}
