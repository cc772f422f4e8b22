import type { Cause } from '../model/measurement.ts';

const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  'configured-weights': 'Weights of the file',
  'old-file-loaded': 'Old file still loaded',
  'older-file-loaded': 'An older file loaded',
  'equal-split': 'Equal split',
  'server-down': 'A server is down',
  'all-on-one': 'All on one server',
  'mixed-generations': 'Old and new file mixed',
  'hidden-retries': 'Failures hidden by retries',
  'black-hole': 'Fast failing server',
  'server-differs': 'A server answers differently',
  'address-differs': 'Addresses differ',
  'runtime-weight': 'Weight changed at run time',
  'sticky-in-front': 'Something sticky in front',
  'l4-pinned': 'Connections pinned',
  'duplicate-server': 'Server listed twice',
  'backup-in-use': 'A backup is in use',
  'slow-start': 'Slow start',
  ejected: 'A server is ejected at times',
  'connection-limit': 'A connection limit',
  diverted: 'Requests diverted by the config',
  'balancer-answers': 'The balancer answers itself',
  'target-down': 'Target is down',
  'none-fits': 'None of these fits',
};

/** A cause as the name of a row. */
export function causeWords(cause: Cause): string {
  return CAUSE_WORDS[cause];
}
