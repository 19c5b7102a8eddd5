/** Where a system's frontend is served from: Cloudflare Pages, Amplify, a bucket behind CloudFront, or one of the services. */
import { z } from 'zod';
import { githubOwner, githubRepository } from './github-names';
import { helped, hostname, keyOf, repositoryUrl, variableName } from './primitives';

/** A path pattern of CloudFront. */
export const pathPattern = helped(z.string().regex(/^\/[A-Za-z0-9_\-.*$/~"'@:+&?]{0,254}$/), {
  allowed: 'a path pattern such as "/api/*"',
  fix: '`*` matches any characters, `?` exactly one',
});

const branch = helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/), {
  allowed: 'a branch whose name has letters, digits and hyphens',
  fix: 'use another branch: its name becomes part of a host name',
});

const github = z.strictObject({
  /** User or organisation that owns the repository. @example 'acme' */
  owner: githubOwner,
  /** Name of the repository, without its owner. @example 'shop-web' */
  name: githubRepository,
});

const buildVariables = z.record(variableName, z.string()).default({});

/**
 * The distribution that these names share exists next to that of `edge.cdn`, or without one. Up to ten, like `domain.names`.
 */
const hosts = z.array(hostname).min(1).max(10).optional();

const cachedPaths = z.array(pathPattern).max(10).default([]);

export const frontendSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    /**
     * Built and served by Cloudflare Pages. The repository is connected once, in Cloudflare's dashboard, before the first apply.
     */
    kind: z.literal('cloudflare-pages'),
    /**
     * Name of the project, part of `<project>.pages.dev` and unique at Cloudflare. @example 'shop-web'
     * @danger Changing it replaces the project; the repository has to be connected again.
     */
    project: helped(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,56}[a-z0-9])?$/), {
      allowed: 'lower-case letters, digits and hyphens, at most 58',
      fix: 'for example "shop-web"',
    }),
    /** GitHub repository that holds the source. */
    repository: github,
    /** Branch that is built and served at `domains`. @default 'main' */
    branch: z.string().min(1).default('main'),
    /** Command that builds the site. @example 'npm run build' */
    buildCommand: z.string().min(1),
    /** Directory of the built files, inside `rootDirectory`. @example 'dist' */
    output: z.string().min(1),
    /** Directory of the repository in which the build runs. @default '/' @example '/web' */
    rootDirectory: z.string().default('/'),
    /**
     * Host names of the site, in the zone `domain.zone`. Cloudflare issues their certificates, so they are not listed in
     * `domain.names`. @example ['www.shop.example']
     */
    domains: z.array(hostname).min(1).max(10),
    /**
     * Variables of the build. @default {} @example { PUBLIC_API_URL: 'https://api.shop.example' }
     * @danger Their values are part of the files that visitors download.
     */
    environment: buildVariables,
    /** Whether each pull request is deployed at a separate, public address. @default true */
    previews: z.boolean().default(true),
  }),
  z.strictObject({
    /**
     * Built and served by AWS Amplify behind CloudFront: `edge.cdn`, or the frontend's own `hosts`. The repository is connected with the command in the output
     * `connect_repository`, so that no token is in the state.
     */
    kind: z.literal('amplify'),
    /** URL of the repository, used in the command that connects it. @example 'https://github.com/acme/shop-web' */
    repository: repositoryUrl,
    /** Branch that is built and served; part of a host name. @example 'main' @danger Changing it replaces the deployed branch. */
    branch,
    /** `WEB` for static files, `WEB_COMPUTE` for server-side rendering. @default 'WEB' */
    platform: z.enum(['WEB', 'WEB_COMPUTE']).default('WEB'),
    /**
     * Build specification (the content of `amplify.yml`), as YAML.
     * @example 'version: 1\nfrontend:\n  phases:\n    build:\n      commands: [npm run build]'
     * @price $0.01 per build minute (Amplify, us-east-1, 2026-11).
     */
    buildSpec: z.string().min(1),
    /**
     * Variables of the build. @default {} @example { PUBLIC_API_URL: 'https://api.shop.example' }
     * @danger Their values are part of the files that visitors download.
     */
    environment: buildVariables,
    /** Path patterns that CloudFront caches: files whose names change with their content. @default [] @example ['/assets/*'] */
    cachedPaths,
    /**
     * Names of `domain.names` that are this frontend's alone: a separate CloudFront distribution serves them, and every path of
     * them is the frontend's. All other names stay with the services. Not in a shared zone.
     * @default none: the frontend has every name, and every path that `edge.cdn.servicePaths` does not name
     * @example ['www.shop.example']
     * @price CloudFront's traffic, as with `edge.cdn`; next to load balancers without `edge.cdn`, `edge.waf` is a second web ACL:
     * $5 a month and $1 for each rule (WAF, us-east-1, 2026-11).
     * @danger Moving a name to or from a distribution interrupts it for some minutes: an alias is on one distribution at a time.
     */
    hosts,
  }),
  z.strictObject({
    /** Files in a private bucket that only a CloudFront distribution reads: that of `edge.cdn`, or the frontend's own. */
    kind: z.literal('static-site'),
    /**
     * What a path without a file extension means: always `/index.html`, the one page of an application (`single-page`), or
     * the file of that page, so that `/about` is `/about.html` and `/about/` is `/about/index.html` (`directories`).
     */
    pages: z.enum(['single-page', 'directories']),
    /**
     * Names of `domain.names` that are this site's alone: a separate CloudFront distribution serves them, and every path of them
     * is the site's. All other names stay with the services. Not in a shared zone.
     * @default none: the site has every name, and every path that `edge.cdn.servicePaths` does not name
     * @example ['www.shop.example']
     * @price CloudFront's traffic, as with `edge.cdn`; next to load balancers without `edge.cdn`, `edge.waf` is a second web ACL:
     * $5 a month and $1 for each rule (WAF, us-east-1, 2026-11).
     * @danger Moving a name to or from a distribution interrupts it for some minutes: an alias is on one distribution at a time.
     */
    hosts,
  }),
  z.strictObject({
    /** One of the services, behind the load balancer. */
    kind: z.literal('service'),
    /** Key of the service, which has routes. @example 'web' */
    service: keyOf<'services'>(),
    /**
     * Path patterns that CloudFront or Cloudflare caches: files whose names change with their content. @default []
     * @example ['/assets/*']
     */
    cachedPaths,
    /**
     * Names of `domain.names` that have a separate CloudFront distribution, in which `cachedPaths` are cached. Every path of them
     * goes to the services. Needs `edge.cdn`, without which load balancers admit no CloudFront. Not in a shared zone.
     * @default none: the frontend has every name @example ['app.shop.example']
     * @price Traffic as with `edge.cdn`: $0.085 per GB in North America and Europe (CloudFront, global, 2026-11).
     * @danger Moving a name to or from a distribution interrupts it for some minutes: an alias is on one distribution at a time.
     */
    hosts,
  }),
]);
