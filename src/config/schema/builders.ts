/** Builders: CodeBuild projects that build and push images. */
import { parse } from 'yaml';
import { z } from 'zod';
import { permission } from './containers';
import { count, helped, keyOf, repositoryUrl, variableName } from './primitives';

/** Whether a text is a build specification: CodeBuild reads YAML with these two entries (user guide, "Build specification reference"). */
function isBuildSpecification(text: string): boolean {
  try {
    const read: unknown = parse(text);
    return typeof read === 'object' && read !== null && 'version' in read && 'phases' in read;
  } catch {
    return false;
  }
}

const buildspec = z.discriminatedUnion('kind', [
  z.strictObject({
    /** The commands are part of the project: who writes the source does not choose them. */
    kind: z.literal('inline'),
    /** The build specification, as YAML. @example 'version: 0.2\nphases:\n  build:\n    commands: [docker build .]' */
    text: helped(z.string().refine(isBuildSpecification), {
      allowed: 'a build specification of CodeBuild: YAML with `version` and `phases`',
      fix: "begin with 'version: 0.2', then 'phases:' (CodeBuild user guide, \"Build specification reference\")",
    }),
  }),
  z.strictObject({
    /**
     * The commands are read from the source.
     * @danger Who can write the source chooses what runs with the role of the build.
     */
    kind: z.literal('source'),
    /** Path inside the source. @default 'buildspec.yml' */
    path: z.string().min(1).default('buildspec.yml'),
  }),
]);

export const builderSchema = z.strictObject({
  /** Where CodeBuild gets the source. @example { kind: 'github', url: 'https://github.com/acme/shop' } */
  source: z.discriminatedUnion('kind', [
    z.strictObject({
      /** A repository on GitHub. */
      kind: z.literal('github'),
      /**
       * URL of the repository. A private one needs a connection of CodeBuild to GitHub. @example 'https://github.com/acme/shop'
       */
      url: repositoryUrl,
    }),
    z.strictObject({
      /** An object or a folder in a bucket. */
      kind: z.literal('bucket'),
      /** Key of a declared bucket. @example 'sources' */
      bucket: keyOf<'buckets'>(),
      /** Key of a ZIP object, or a folder that ends with a slash. @example 'shop/' */
      path: z.string().min(1),
    }),
  ]),
  /** Keys of the declared images that the build may push; each has the variable `REPOSITORY_<IMAGE>`. @example ['api'] */
  images: z.array(keyOf<'images'>()).min(1),
  /** Size of the build machine: 2, 4 or 8 vCPUs. CodeBuild bills each build minute. @default 'BUILD_GENERAL1_SMALL' */
  size: z.enum(['BUILD_GENERAL1_SMALL', 'BUILD_GENERAL1_MEDIUM', 'BUILD_GENERAL1_LARGE']).default('BUILD_GENERAL1_SMALL'),
  /** Processor architecture of the build machine, and of the images that it builds. @default 'x86_64' */
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  /** Time after which a build is stopped. @unit minutes @default 60 */
  timeoutMinutes: count(5, 480).default(60),
  /**
   * The commands of the build: written here, or a file of the source. A source in a bucket needs a choice, because CodeBuild
   * runs what it finds there with the role of the build. @default `buildspec.yml` of a repository
   * @example { kind: 'source', path: 'ci/buildspec.yml' }
   */
  buildspec: buildspec.optional(),
  /**
   * Variables of the build, by name. @default {} @example { NODE_ENV: 'production' }
   * @danger The values are visible in the repository and the state.
   */
  environment: z.record(variableName, z.string()).default({}),
  /** Further permissions of the build's AWS role. @default [] @example [{ bucket: 'artifacts', access: 'write' }] */
  permissions: z.array(permission).default([]),
});
