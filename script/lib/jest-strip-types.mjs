import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

export default {
  process(source) {
    return { code: stripTypeScriptTypes(source, { mode: 'strip' }) };
  },
  getCacheKey(source, file) {
    return createHash('sha256')
      .update(process.version)
      .update('\0')
      .update(file)
      .update('\0')
      .update(source)
      .digest('hex');
  },
};
