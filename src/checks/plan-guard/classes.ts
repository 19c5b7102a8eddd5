/** What the guard knows of a resource type. Pure. */
import { HARMLESS_TYPES, ORDINARY_WHEN_NEW } from '../guarded-types/harmless-types';
import { NETWORK_ROOTS } from '../guarded-types/network-roots';
import { STATEFUL_TYPES } from '../guarded-types/stateful-types';
import { EXPOSURES } from './exposures';
import { GRANTS } from './grants';
import { INGRESS_TYPES } from './ingress';
import { REMOVALS, WEAKENINGS } from './weakening-rows';

/** The strictest that applies; a type of several tables is judged by each of them. */
export type TypeClass = 'stateful' | 'network' | 'access' | 'exposing' | 'weakening' | 'changing' | 'harmless';

/** Types that decide who may do what. A change of them is reported by what is new in their policies. */
export const ACCESS_TYPES: readonly string[] = [
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_iam_role_policies_exclusive',
  'aws_iam_role_policy_attachment',
  'aws_iam_role_policy_attachments_exclusive',
  'aws_iam_policy',
  'aws_iam_policy_attachment',
  'aws_iam_instance_profile',
  'aws_iam_user',
  'aws_iam_user_policy',
  'aws_iam_user_policy_attachment',
  'aws_iam_user_group_membership',
  'aws_iam_group',
  'aws_iam_group_policy',
  'aws_iam_group_policy_attachment',
  'aws_iam_group_membership',
  'aws_iam_openid_connect_provider',
  'aws_iam_saml_provider',
  'aws_ssoadmin_account_assignment',
  'aws_ssoadmin_permission_set_inline_policy',
  'aws_ssoadmin_managed_policy_attachment',
  'kubernetes_role_v1',
  'kubernetes_role_binding_v1',
  'kubernetes_cluster_role_v1',
  'kubernetes_cluster_role_binding_v1',
];

/** Types of which only rules about routes, egress and lists are judged. */
const NETWORK_RULES: readonly string[] = [
  'aws_route',
  'aws_default_route_table',
  'aws_vpc_security_group_egress_rule',
  'aws_ec2_managed_prefix_list',
  'aws_ec2_managed_prefix_list_entry',
];

const typesOf = (rows: readonly { readonly type: string }[]): readonly string[] => rows.map(({ type }) => type);

const CLASSES: readonly (readonly [TypeClass, ReadonlySet<string>])[] = [
  ['stateful', new Set(typesOf(STATEFUL_TYPES))],
  ['network', new Set(typesOf(NETWORK_ROOTS))],
  ['access', new Set(ACCESS_TYPES)],
  ['exposing', new Set([...typesOf(EXPOSURES), ...typesOf(GRANTS), ...INGRESS_TYPES, ...NETWORK_RULES])],
  ['weakening', new Set([...typesOf(WEAKENINGS), ...typesOf(REMOVALS)])],
  ['changing', new Set(ORDINARY_WHEN_NEW)],
  ['harmless', new Set(HARMLESS_TYPES)],
];

/** The class of a type; undefined for one that the guard does not know. */
export function classOf(type: string): TypeClass | undefined {
  return CLASSES.find(([, types]) => types.has(type))?.[0];
}

/**
 * Whether every change of a resource of the type is judged or reported. Types of access have notices that say more; a type that
 * is not known has one for whatever happens to it.
 */
export function isWatched(type: string): boolean {
  const known = classOf(type);
  return known !== undefined && known !== 'access' && known !== 'harmless';
}
