/**
 * Words that RDS refuses as the name of a database: those that PostgreSQL reserves, and three that only RDS does.
 * Sources: PostgreSQL 18, appendix C, "SQL Key Words" (reserved, also those that may be functions or types); public reports of
 * "DBName ... cannot be used. It is a reserved word for this engine" for the three.
 */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  [
    'admin catalog identity',
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column',
    'concurrently constraint create cross current_catalog current_date current_role current_schema current_time',
    'current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full',
    'grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime',
    'localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right',
    'select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using',
    'variadic verbose when where window with',
  ].flatMap((line) => line.split(' ')),
);
