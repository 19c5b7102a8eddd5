/** Which files a move carries, which stay and why, and the way between both sides. */
import type { ResolvedEnvironment } from '../../config';
import { environmentStatePrefix } from '../../config/names';
import { accessPointOf, mountingWorkloads, type FilesFolder } from '../files-place';
import { operationsOfTier } from '../registry';
import type { Target } from '../target';
import type { FilesMove } from './files/job';
import type { FilesPart } from './parts/files';
import { TransferBucket } from './transfer-bucket';

/** An environment on the tier that has, or gets, the files. */
export interface FilesSide {
  readonly target: Target;
  /** Kind of the tier. */
  readonly tier: string;
  /** As messages name it: `shop-mvp`, `the host`. */
  readonly name: string;
}

export interface StayingFiles {
  /** As `--leave` names it. */
  readonly thing: string;
  readonly why: string;
}

type Folder = Omit<FilesFolder, 'writes'>;

/** Every folder whose access point both sides have and can reach, unless it is to be left. @param id of the move */
export function carriedFiles(source: FilesSide, target: FilesSide, leave: readonly string[], id: string): readonly FilesPart[] {
  const staying = new Set(stayingFiles(source, target, leave).map(({ thing }) => thing));
  return source.target.environment.data.fileSystems
    .filter(({ key }) => !staying.has(`file-system/${key}`))
    .flatMap(({ key, accessPoints }) =>
      foldersOf(source, target, key, accessPoints).map(({ folder }): FilesPart => {
        let made: Promise<FilesMove> | undefined;
        return {
          id: `${key}-${folder.accessPoint}`,
          name: nameOf(folder),
          from: source.name,
          to: target.name,
          moveOf: () => (made ??= moveOf(source, target, folder, id)),
        };
      }),
    );
}

/** File systems that are not carried: those that a person leaves, and those of which a folder cannot be. */
export function stayingFiles(source: FilesSide, target: FilesSide, leave: readonly string[]): readonly StayingFiles[] {
  return source.target.environment.data.fileSystems.flatMap(({ key, accessPoints }): readonly StayingFiles[] => {
    const thing = `file-system/${key}`;
    if (leave.includes(thing)) return [{ thing, why: `its files stay with ${source.name}` }];
    const why = foldersOf(source, target, key, accessPoints).find(({ problem }) => problem !== undefined)?.problem;
    return why === undefined ? [] : [{ thing, why }];
  });
}

type AccessPoints = Readonly<Record<string, { readonly path: string }>>;

/** One access point for each path: two of one path have the same files, and one of them that can be reached is enough. */
function foldersOf(
  source: FilesSide,
  target: FilesSide,
  fileSystem: string,
  points: AccessPoints,
): readonly { readonly folder: Folder; readonly problem: string | undefined }[] {
  const found = Object.keys(points).map((accessPoint) => {
    const folder = { fileSystem, accessPoint };
    return { folder, path: points[accessPoint]?.path, problem: problemOf(source, target, folder) };
  });
  return [...new Set(found.map(({ path }) => path))].flatMap((path) => {
    const ofPath = found.filter((one) => one.path === path);
    const chosen = ofPath.find(({ problem }) => problem === undefined) ?? ofPath[0];
    return chosen === undefined ? [] : [chosen];
  });
}

function problemOf(source: FilesSide, target: FilesSide, folder: Folder): string | undefined {
  const [own, other] = [source.target.environment, target.target.environment];
  if (own.backend.kind !== 's3')
    return `the states of ${source.target.name} are in no bucket, in which files could be on their way`;
  if (!other.data.fileSystems.some(({ key }) => key === folder.fileSystem)) return `${target.name} declares none of this name`;
  if (accessPointOf(other, folder) === undefined) return `${target.name} has no access point ${folder.accessPoint} of it`;
  if (mountingWorkloads(own, { ...folder, writes: false }).length === 0)
    return `no container of ${source.name} mounts ${nameOf(folder)}`;
  return (
    operationsOfTier(source.tier).filesProblem(own, { ...folder, writes: false }) ??
    operationsOfTier(target.tier).filesProblem(other, { ...folder, writes: true })
  );
}

async function moveOf(source: FilesSide, target: FilesSide, folder: Folder, id: string): Promise<FilesMove> {
  const { environment, aws } = source.target;
  const { backend, identity } = environment;
  if (backend.kind !== 's3') throw new Error('no bucket');
  const prefix = `${environmentStatePrefix(identity.shortName)}move/${id}/files/${folder.fileSystem}-${folder.accessPoint}/`;
  const place = await operationsOfTier(target.tier).filesPlace(target.target, { ...folder, writes: true });
  const point = accessPointOf(target.target.environment, folder);
  return {
    id,
    name: nameOf(folder),
    source: await operationsOfTier(source.tier).filesPlace(source.target, { ...folder, writes: false }),
    target: place,
    skipped: foldersInside(environment, folder),
    store: new TransferBucket(aws.in(backend.store.region), backend.store.bucket, prefix),
    // A mount of an access point makes its folder.
    ...(place.owner === undefined && point !== undefined
      ? { root: { u: point.userId, g: point.groupId, mode: parseInt(point.permissions, 8) } }
      : {}),
  };
}

function nameOf({ fileSystem, accessPoint }: Folder): string {
  return `${fileSystem}/${accessPoint}`;
}

/** Access points below this one, relative to it: they have owners of their own, and go their own way. */
function foldersInside({ data }: ResolvedEnvironment, { fileSystem, accessPoint }: Folder): readonly string[] {
  const points: AccessPoints = data.fileSystems.find(({ key }) => key === fileSystem)?.accessPoints ?? {};
  const own = `${points[accessPoint]?.path ?? ''}/`.replace(/\/+$/, '/');
  return Object.values(points).flatMap(({ path }) =>
    path.startsWith(own) && path.length > own.length ? [path.slice(own.length)] : [],
  );
}
