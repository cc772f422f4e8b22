import manifest from '../package.json' with { type: 'json' };

/** Name and version as every document states them. */
export const TOOL = { name: manifest.name, version: manifest.version } as const;
