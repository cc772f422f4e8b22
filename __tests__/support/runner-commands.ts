export interface RunnerCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Commands that the runner would take from a line: `::name props::message` at its start, `##[name props]message` anywhere. */
export function runnerCommands(output: string): RunnerCommand[] {
  const unescape = (text: string): string =>
    text
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%25', '%');
  return output.split(/\r\n|\n|\r/).flatMap((line) => {
    const second = /^\s*::([^\s:]+)(?: ([^]*?))?::([^]*)$/.exec(line);
    const first = second ?? /##\[([^\s\]]+)(?: ([^\]]*))?\]([^]*)/.exec(line);
    if (first === null) return [];
    const [, command = '', given = '', message = ''] = first;
    const properties = given.split(',').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [] : [[pair.slice(0, at).trim(), unescape(pair.slice(at + 1))] as const];
    });
    return [{ command, properties: Object.fromEntries(properties), message: unescape(message) }];
  });
}
