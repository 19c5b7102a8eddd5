/** Findings in the target, and between both. */
import { z } from 'zod';
import type { Finding, Sides } from './findings';
import { markSql } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { runSql } from './scripts';
import { OBJECTS } from './target-database';

const namesSchema = z.record(z.string(), z.string());

const EXTENSIONS = `select coalesce(json_object_agg(extname, extversion), '{}') from pg_extension;`;
/** Whether a copy that was interrupted can be dropped and the roles be created. */
const MAY_RECREATE = `(select rolsuper or rolcreatedb and rolcreaterole and pg_has_role(datdba, 'usage') from pg_roles, pg_database
  where rolname = current_user and datname = current_database())`;

const AVAILABLE = `select coalesce(json_object_agg(name, coalesce(default_version, '')), '{}') from pg_available_extensions;`;

export async function findingsOfTarget(
  move: DatabaseMove,
  { source, target }: Sides,
  options: StepOptions,
): Promise<readonly Finding[]> {
  const { id } = move;
  const purpose = { ...options, move: id, doing: 'checking the target' };
  const [used, available, state] = await Promise.all([
    runSql(move.source, EXTENSIONS, purpose),
    runSql(move.target, AVAILABLE, purpose),
    runSql(move.target, `select coalesce(${markSql(id)} ->> 'copy', ''), (${OBJECTS}), ${MAY_RECREATE};`, purpose),
  ]);
  const [copy = '', objects = '', mayRecreate = ''] = state.trim().split('|');
  return [
    ...(mayRecreate === 't'
      ? []
      : [
          {
            weight: 'refused',
            id: 'target-rights',
            subject: `role ${target.user} of ${move.target.name}`,
            message:
              'it must own the database and may create databases and roles: a copy that was interrupted is dropped with its database',
            fix: 'the master of the server, or its superuser',
          } as const,
        ]),
    ...(target.major < source.major
      ? [
          {
            weight: 'refused',
            id: 'target-older',
            subject: move.target.name,
            message: `PostgreSQL ${target.version} is older than the source's ${source.version}: a dump is restored in the same version or a newer one`,
            fix: `a target of version ${source.major} or newer`,
          } as const,
        ]
      : []),
    ...(target.encoding === source.encoding
      ? []
      : [
          {
            weight: 'refused',
            id: 'encoding',
            subject: move.target.name,
            message: `the database has the encoding ${target.encoding}, and the source has ${source.encoding}`,
            fix: `create the database of the target with the encoding ${source.encoding}`,
          } as const,
        ]),
    ...(target.collation === source.collation
      ? []
      : [
          {
            weight: 'warning',
            id: 'collation',
            subject: move.target.name,
            message: `text is sorted by ${target.collation}, and on the source by ${source.collation}: indexes are built anew, and queries without "collate" may return another order`,
          } as const,
        ]),
    ...(objects === '' || copy !== ''
      ? []
      : [
          {
            weight: 'refused',
            id: 'target-not-empty',
            subject: move.target.name,
            message: `the database holds something that this move has not put there: ${objects}`,
            fix: 'another target, or drop what is in it if nobody needs it',
          } as const,
        ]),
    ...extensionFindings(namesSchema.parse(JSON.parse(used)), namesSchema.parse(JSON.parse(available))),
  ];
}

function extensionFindings(
  used: Readonly<Record<string, string>>,
  available: Readonly<Record<string, string>>,
): readonly Finding[] {
  return Object.entries(used).flatMap(([name, version]): readonly Finding[] => {
    const there = available[name];
    if (there === undefined)
      return [
        {
          weight: 'refused',
          id: 'extension-missing',
          subject: `extension ${name}`,
          message: 'the server of the target does not have it',
          fix: `drop extension ${name} on the source if nothing uses it, or choose a target that has it`,
        },
      ];
    if (there === version) return [];
    return [
      {
        weight: 'warning',
        id: 'extension-version',
        subject: `extension ${name}`,
        message: `version ${version} becomes ${there}`,
      },
    ];
  });
}
