/**
 * The versions of each Terraform provider that stacks accept. Lock files pin one of them exactly.
 *
 * The bindings (`@cdktf/provider-*`) were generated from the version in brackets and receive no updates. They only shape the
 * JSON: within a major version a newer provider reads the same arguments, and has the fixes that the older one lacks.
 */
import type { TerraformStack } from 'cdktf';

export const PROVIDER_VERSIONS = {
  /** [6.25.0], which reads the value of write-only secrets at every refresh: plan roles may not. Source: its pull request 44876. */
  aws: '>= 6.26.0, < 7.0.0',
  /** [5.14.0], whose plans of a Pages project always differ. Source: its pull request 6545. */
  cloudflare: '>= 5.15.0, < 6.0.0',
  /** [3.1.1] */
  helm: '>= 3.1.1, < 4.0.0',
  /** [2.38.0] */
  kubernetes: '>= 2.38.0, < 3.0.0',
} as const;

/** Replaces the exact version that the bindings ask for. The stack must have the provider. */
export function allowProviderVersions(stack: TerraformStack, provider: keyof typeof PROVIDER_VERSIONS): void {
  stack.addOverride(`terraform.required_providers.${provider}.version`, PROVIDER_VERSIONS[provider]);
}
