/** Words and turns of phrase that no text for people may have, and the ones to write. */
export interface Banned {
  readonly pattern: RegExp;
  readonly instead: string;
}

const bans = (...rows: readonly (readonly [RegExp, string])[]): readonly Banned[] =>
  rows.map(([pattern, instead]) => ({ pattern, instead }));

/** One term of the field for each thing. */
const TERMS = bans(
  [
    /\b(?:take|takes|taking|took) turns\b|\b(?:its|their|keeps a|picked in) turn\b|\bservers? in turn\b/i,
    'round robin',
  ],
  [/\bas often as (?:its|their) weight/i, 'weighted round robin'],
  [/\b(?:stand|stands|stood|standing)\b(?! for\b)(?!-)/i, 'is, or can handle'],
  [/\b(?:tell|tells|telling|told)\b(?!(?: \S+){0,2} apart\b)/i, 'report, show, or say'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\bbesides?\b/i, 'in addition to, next to, or than'],
  [/\bso many\b|\bso (?:long|much)(?=[ ,.;)]*(?:\(|$))/i, 'the number itself, or this many'],
  [/\b(?:the|a|no|its) way out\b|\bway back\b/i, 'what to do, or rollback'],
  [/\baloud\b/i, 'is shown'],
  [/\bany more\b/i, 'no longer'],
  [/\b(?:and|with) (?:its )?kin\b/i, 'similar'],
  [/\b(?:set|sets|setting) aside\b/i, 'ignore, suppress, or remove'],
  [/\b(?:find|finds|found) fault with\b/i, 'report'],
  [/\bits own fault\b|\bfaults? of evenkeel\b/i, 'internal error'],
  [/\bends? a rule\b/i, 'disables a rule'],
  [/\bbalancing methods?\b/i, 'balancing algorithm'],
  [/\bwhatever (?:the|its|their)\b/i, 'regardless of'],
  [/\bsound (?:servers?|configs?|checks?|ones?|pools?|balancers?|to it)\b/i, 'healthy, or correct'],
  [/\b(?:meet|meets|met|meeting)\b/i, 'goes to, reaches, or satisfies'],
  [/\btakes? (?:the same|another) server\b/i, 'goes to the same server'],
  [/\bheld (?:to|against)\b|\bholds? (?:\w+ ){1,3}to (?:it|the|that|what)\b/i, 'checked against'],
  [/\b(?:change|changes) (?:brings?|brought)\b/i, 'introduces'],
  [/\b(?:is|are|was|were) meant\b(?! (?:to|for|as)\b)/i, 'is intended'],
);

/** A thing is not something, or it is unknown, invalid, duplicate, missing; it never "is no" something. */
const NEGATIONS = bans([
  /(?<!\bthere )\b(?:is|are|was|were|be) no\b(?! (?:longer|more than|larger|greater|less|fewer|later|other|better|worse|different)\b)/i,
  'not a, unknown, invalid, duplicate, or missing',
]);

/** A sentence is about a thing: it does not begin with a clause, unless it asks. */
const SUBJECTS = bans(
  [/(?:^|[.;] )what (?!to do\b|[^.?]*\?)[^.;?]*[.;]/i, 'name the thing'],
  [/(?:^|[.;] )who(?:ever)? [^.;?]*[.;]/i, 'name the person: users, clients, reviewers'],
  [/(?:^|[,;.:] )else\b(?! if\b)/i, 'otherwise'],
);

/** Options have a maximum, a minimum and a default. */
const OPTIONS = bans(
  [/(?<!\bat )\b(?:longest|largest|least|fewest)(?: \w+){1,2} (?:that|which|without)\b/i, 'maximum or minimum'],
  [/\bmost requests that\b/i, 'maximum number of requests'],
  [/\b(?:likeliest|gravest|commonest|surest)\b/i, 'most likely, most severe, most common'],
  [/\bone a line\b/i, 'one per line'],
  [/\b(?:requests?|times?|answers?|once|twice|\d+) a (?:second|minute)\b/i, 'per second'],
);

/** American spelling. */
const SPELLING = bans(
  [
    /\b(?:recogni|normali|organi|summari|optimi|initiali|seriali|minimi|maximi|prioriti|authori|speciali)s(?:e|es|ed|ing|ation)\b/i,
    '-ize',
  ],
  [/\banalys(?:e|es|ed|ing)\b(?! \w)/i, 'analyze'],
  [/\b(?:hono|colo|behavio|favo|neighbo|labo)ur/i, '-or'],
  [/\b(?:misspelt|spelt|learnt|burnt)\b/i, 'misspelled'],
  [
    /\b(?:centre|licence|defence|catalogue|grey|cancelled|labelled|artefact|judgement|programme|whilst|anew)\b/i,
    'American spelling',
  ],
  [/\bfor ever\b/i, 'forever'],
);

export const BANNED: readonly Banned[] = [...TERMS, ...NEGATIONS, ...SUBJECTS, ...OPTIONS, ...SPELLING];

/** A fix begins with one of these. */
export const FIX_VERBS: readonly string[] = ['Set', 'Add', 'Remove', 'Rename', 'Move', 'Reload'];

/** Words in one sentence, at most. */
export const SENTENCE_WORDS = 25;
