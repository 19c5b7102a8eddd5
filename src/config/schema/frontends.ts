/** Where a system's frontend comes from: Cloudflare Pages, Amplify, a bucket behind CloudFront, or one of the services. */
import { z } from 'zod';
import { helped, hostname, key, variableName } from './primitives';

/** A path pattern of CloudFront. */
export const pathPattern = helped(z.string().regex(/^\/[A-Za-z0-9_\-.*$/~"'@:+&?]{0,254}$/), {
  allowed: 'a path pattern such as "/api/*"',
  fix: '`*` stands for any characters, `?` for one',
});

const branch = helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/), {
  allowed: 'a branch whose name has letters, digits and hyphens',
  fix: 'the name becomes a part of a host name',
});

const github = z.strictObject({
  owner: z.string().regex(/^[A-Za-z0-9-]+$/),
  name: z.string().regex(/^[A-Za-z0-9._-]+$/),
});

/** Variables of the build; they end up in what visitors download. */
const buildVariables = z.record(variableName, z.string()).default({});

/** Files whose names change with their content, so that they can be cached for long. */
const cachedPaths = z.array(pathPattern).max(10).default([]);

export const frontendSchema = z.discriminatedUnion('kind', [
  /** Built and served by Cloudflare. The repository is connected once, in Cloudflare's dashboard, before the first apply. */
  z.strictObject({
    kind: z.literal('cloudflare-pages'),
    /** Part of `<project>.pages.dev`, unique among all of Cloudflare. Changing it makes another project. */
    project: helped(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,56}[a-z0-9])?$/), {
      allowed: 'lower-case letters, digits and hyphens, at most 58',
      fix: 'for example "shop-web"',
    }),
    repository: github,
    /** The branch that is served at `domains`. @default 'main' */
    branch: z.string().min(1).default('main'),
    buildCommand: z.string().min(1),
    /** Directory of the built files, inside `rootDirectory`. */
    output: z.string().min(1),
    /** @default '/' */
    rootDirectory: z.string().default('/'),
    /** Host names in `domain.zone`; no certificate of AWS stands for them, so they are not among `domain.names`. */
    domains: z.array(hostname).min(1).max(10),
    environment: buildVariables,
    /** Whether pull requests get an address of their own. @default true */
    previews: z.boolean().default(true),
  }),
  /** Built and served by AWS Amplify behind `edge.cdn`. The repository is connected by hand, so that no token lies in the state. */
  z.strictObject({
    kind: z.literal('amplify'),
    /** Where the source is; only told, in the command that connects it. */
    repository: z.url(),
    branch,
    /** `WEB` for static files, `WEB_COMPUTE` for server-side rendering. @default 'WEB' */
    platform: z.enum(['WEB', 'WEB_COMPUTE']).default('WEB'),
    /** The build specification (amplify.yml), as YAML. */
    buildSpec: z.string().min(1),
    environment: buildVariables,
    cachedPaths,
  }),
  /** Files in a private bucket that only `edge.cdn` reads. */
  z.strictObject({
    kind: z.literal('static-site'),
    /** What a path without a file extension means: the one page of an application, or a page of its own. */
    pages: z.enum(['single-page', 'directories']),
  }),
  /** One of the services, behind the load balancer. */
  z.strictObject({
    kind: z.literal('service'),
    service: key,
    cachedPaths,
  }),
]);
