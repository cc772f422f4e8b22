/**
 * npm runs this around `npm pack`. The bundles hold all they need, so what is published depends on nothing: nobody who
 * types `npx evenkeel` should wait for the tools of this repository.
 *
 *   node script/lib/publish-manifest.mjs prepack    # package.json without dependencies and scripts
 *   node script/lib/publish-manifest.mjs postpack   # as it was
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const KEPT = '.local/package.json';

if (process.argv[2] === 'prepack') {
  mkdirSync('.local', { recursive: true });
  copyFileSync('package.json', KEPT);
  const {
    scripts: _,
    dependencies: _1,
    devDependencies: _2,
    optionalDependencies: _3,
    overrides: _4,
    ...rest
  } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync('package.json', `${JSON.stringify(rest, null, 2)}\n`);
} else {
  renameSync(KEPT, 'package.json');
}
