// Made by script/generate from the folders beside it.
import type { AdminReader } from './admin-reader.ts';
import { admin as envoy } from './envoy/admin.ts';
import { admin as haproxy } from './haproxy/admin.ts';

/** Every product whose admin interface can be read. */
export const ADMINS: readonly AdminReader[] = [envoy, haproxy];
