// Made by script/generate from the folders beside it.
import { haproxy } from './haproxy/reader.ts';
import { neutral } from './neutral/reader.ts';
import { nginx } from './nginx/reader.ts';
import type { FormatReader } from './reader.ts';

/** Every format that can be read. */
export const FORMATS: readonly FormatReader[] = [haproxy, neutral, nginx];
