/** What a restore drill restores, and the containers that check it. Pure. */
import { managed } from '../calculations/placement';
import { FILES_PROOF_SCRIPT, RESTORE_PROOF_SQL } from '../calculations/restore-proof';
import type { ResolvedRestoreDrill, RestoreCheck } from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';
import { imageReference, POSTGRES_IMAGES } from '../tables/third-party-images';
import { databaseInitVariables, psqlLines } from './database-init';

/** Any image with a shell and `find` does for files: this one is used anyway. */
const SHELL_IMAGE = imageReference(POSTGRES_IMAGES['18']);

/** Left out without a drill. The rule `restore-drill-subject` refuses one that has nothing to restore. */
export function resolveRestoreDrill(parsed: ParsedEnvironment): ResolvedRestoreDrill | undefined {
  const drill = parsed.backups?.restoreDrill;
  if (drill === undefined) return undefined;
  return {
    ...drill,
    database: databaseCheck(parsed),
    fileSystems: Object.entries(parsed.fileSystems)
      .filter(([, { backup }]) => backup ?? parsed.protect)
      .map(([key]) => key),
    files: { image: SHELL_IMAGE, script: FILES_PROOF_SCRIPT, environment: {} },
    publicAddress: parsed.network.nat === 'none',
  };
}

/** As `database-init` connects: with TLS, and by the certificate of the region where it is known. */
function databaseCheck({ database, region }: ParsedEnvironment): RestoreCheck | undefined {
  const instance = managed(database);
  return (
    instance && {
      image: imageReference(POSTGRES_IMAGES[instance.version]),
      script: psqlLines(RESTORE_PROOF_SQL, { prints: true }).join('\n'),
      environment: { ...databaseInitVariables([], region).plain, PGDATABASE: instance.name },
    }
  );
}
