// @actions/workflow-parser imports its JSON schemas without the attribute that Node asks for.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const r = next(specifier, context);
    return r.url.endsWith('.json') ? { ...r, format: 'json', importAttributes: { type: 'json' } } : r;
  },
});
