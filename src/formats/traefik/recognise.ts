/** How sure it is that a text is dynamic configuration of Traefik's file provider: http, tcp or udp at its top with something in it. */
export function recognise(path: string, text: string): number {
  if (/\.toml$/i.test(path)) {
    if (/^[ \t]*\[+[ \t]*(?:http|tcp|udp)\.(?:routers|services|middlewares|serversTransports)\b/im.test(text))
      return 0.95;
    return /^[ \t]*\[+[ \t]*(?:entryPoints|providers\.file)\b/im.test(text) ? 0.6 : 0;
  }
  if (!/\.(?:ya?ml|json)$/i.test(path)) return 0;
  if (isCompose(path, text)) return 0.9;
  const top = /^["']?(?:http|tcp|udp)["']?:[ \t]*(?:#.*)?\r?$/im.exec(text);
  const inside = top === null ? '' : text.slice(top.index + top[0].length, top.index + 20_000);
  if (/^[ \t]+["']?(?:routers|services|middlewares|serversTransports)["']?:/im.test(inside)) return 0.9;
  const flow = /["'](?:http|tcp|udp)["']\s*:\s*\{\s*["'](?:routers|services|middlewares)["']/i.test(text);
  if (flow) return 0.8;
  // The static configuration names entry points and providers and has no service.
  return /^entryPoints:/im.test(text) && /^(?:providers|api|log):/im.test(text) ? 0.6 : 0;
}

/** Whether a text is a compose file that has labels for Traefik. */
export function isCompose(path: string, text: string): boolean {
  return (
    /\.ya?ml$/i.test(path) &&
    /^["']?services["']?:(?:[ \t\r\n]|$)/m.test(text) &&
    /^[^#\n]*(?:[\s"'[{,])traefik\.(?:enable|http|tcp|udp|docker|swarm)\b/im.test(text)
  );
}
