import { FILE_KINDS } from './kinds/files.ts';
import { RUNNING_KINDS } from './kinds/running.ts';
import { SOUND_KINDS, UNKNOWABLE_KINDS } from './kinds/sound.ts';
import type { Kind } from './trial.ts';

/** Every kind of situation that a blind trial may be in. */
export const KINDS: readonly Kind[] = [...SOUND_KINDS, ...UNKNOWABLE_KINDS, ...FILE_KINDS, ...RUNNING_KINDS];
