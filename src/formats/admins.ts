import type { AdminReader } from './admin-reader.ts';
import { haproxyAdmin } from './haproxy/admin.ts';

/** Every product whose admin interface can be read. */
export const ADMINS: readonly AdminReader[] = [haproxyAdmin];
