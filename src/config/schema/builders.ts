/** Builders: CodeBuild projects that build and push images. */
import { z } from 'zod';
import { permission } from './containers';
import { count, key, repositoryUrl, variableName } from './primitives';

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
      bucket: key,
      /** Key of a ZIP object, or a folder that ends with a slash. @example 'shop/' */
      path: z.string().min(1),
    }),
  ]),
  /** Keys of the declared images that the build may push; each has the variable `REPOSITORY_<IMAGE>`. @example ['api'] */
  images: z.array(key).min(1),
  /** Size of the build machine: 2, 4 or 8 vCPUs. CodeBuild bills each build minute. @default 'BUILD_GENERAL1_SMALL' */
  size: z.enum(['BUILD_GENERAL1_SMALL', 'BUILD_GENERAL1_MEDIUM', 'BUILD_GENERAL1_LARGE']).default('BUILD_GENERAL1_SMALL'),
  /** Processor architecture of the build machine, and of the images that it builds. @default 'x86_64' */
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  /** Time after which a build is stopped. @unit minutes @default 60 */
  timeoutMinutes: count(5, 480).default(60),
  /** Path of the build specification inside the source. @default 'buildspec.yml' */
  buildspec: z.string().min(1).default('buildspec.yml'),
  /**
   * Variables of the build, by name. @default {} @example { NODE_ENV: 'production' }
   * @danger The values are visible in the repository and the state.
   */
  environment: z.record(variableName, z.string()).default({}),
  /** Further permissions of the build's AWS role. @default [] @example [{ bucket: 'artifacts', access: 'write' }] */
  permissions: z.array(permission).default([]),
});
