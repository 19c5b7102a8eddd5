/** Buckets, files, volumes, backups, images and queues: what can be restored, and for how long. Data for the plan guard. */
import { becomes, changed, downIn, leaves, loses, gains, lower, removed, turnedOff, turnedOn } from './predicates';
import {
  backsUpLess,
  keepsFewerImages,
  objectsExpireSooner,
  replicatesElsewhere,
  replicatesLess,
  versionsExpireSooner,
} from './rule-lists';
import { each, notable, of, ownedBy, weak, type Weakening } from './weakening';

const BUCKET_ENCRYPTION = 'rule.apply_server_side_encryption_by_default';

export const STORAGE_WEAKENINGS: readonly Weakening[] = [
  ...of(
    'aws_s3_bucket',
    weak('force_destroy', turnedOn, 'deleting it deletes every object first', 'empty it by hand when the day comes'),
    weak('object_lock_enabled', turnedOff, 'objects can be deleted before their time', 'keep the lock'),
    weak('versioning.enabled', turnedOff, 'what is overwritten is gone', 'keep versions'),
    weak('versioning.mfa_delete', turnedOff, 'versions are deleted without a second factor', 'keep it'),
    weak('lifecycle_rule', objectsExpireSooner, 'objects are deleted sooner', 'keep them as long as before'),
    weak('lifecycle_rule', versionsExpireSooner, 'overwritten objects are deleted sooner', 'keep them as long as before'),
    weak('replication_configuration.rules', replicatesLess, 'copies in the other bucket are no longer made', 'keep the rule'),
  ),
  ...ownedBy(
    'bucket',
    'aws_s3_bucket_versioning',
    weak(
      'versioning_configuration.status',
      (before, after) => after === 'Suspended' && before === undefined,
      'what is overwritten or deleted cannot be restored',
      'keep versions; a life cycle limits what they cost',
    ),
    weak('versioning_configuration.status', leaves('Enabled'), 'what is overwritten cannot be restored', 'keep versions'),
    weak('versioning_configuration.mfa_delete', turnedOff, 'versions are deleted without a second factor', 'keep it'),
    weak('bucket', changed, 'the bucket that it was for keeps no versions under Terraform', 'add one for the other bucket'),
  ),
  ...ownedBy(
    'bucket',
    'aws_s3_bucket_lifecycle_configuration',
    weak('rule', objectsExpireSooner, 'objects are deleted sooner', 'keep them as long as before'),
    weak('rule', versionsExpireSooner, 'overwritten objects are deleted sooner', 'keep them as long as before'),
    weak('bucket', changed, 'the rules apply to another bucket', 'add rules for the other bucket'),
  ),
  ...of(
    'aws_s3_bucket_cors_configuration',
    weak('cors_rule.allowed_origins', becomes('*'), 'pages of any site may use the bucket from a browser', 'name the origins'),
    notable('cors_rule', changed, 'other pages may use the bucket, or those of today no longer', 'compare both'),
    weak('bucket', changed, 'the rules apply to another bucket', 'add rules for the other bucket'),
  ),
  ...of(
    'aws_s3_bucket_notification',
    notable('queue', changed, 'messages about objects go elsewhere, or are no longer sent', 'compare both'),
    weak('bucket', changed, 'another bucket sends its messages', 'add one for the other bucket'),
  ),
  ...of(
    'aws_s3_bucket_object_lock_configuration',
    weak('rule.default_retention.days', lower, 'objects can be deleted sooner', 'keep the days'),
    weak('rule.default_retention.years', lower, 'objects can be deleted sooner', 'keep the years'),
    weak(
      'rule.default_retention.mode',
      downIn('COMPLIANCE', 'GOVERNANCE'),
      'principals with a special permission delete objects before their time',
      'keep the mode',
    ),
    weak('object_lock_enabled', leaves('Enabled'), 'objects can be deleted before their time', 'keep the lock'),
    weak('bucket', changed, 'the lock applies to another bucket', 'add one for the other bucket'),
  ),
  ...of(
    'aws_s3_bucket_server_side_encryption_configuration',
    weak(
      `${BUCKET_ENCRYPTION}.sse_algorithm`,
      downIn('aws:kms:dsse', 'aws:kms', 'AES256'),
      'objects are encrypted under a key that no policy of the account guards',
      'keep the algorithm',
    ),
    weak(
      `${BUCKET_ENCRYPTION}.kms_master_key_id`,
      changed,
      'new objects are encrypted under another key',
      'keep the key, or have the new one reviewed',
    ),
    weak('rule.blocked_encryption_types', loses, "objects under a caller's own key are accepted", 'keep them blocked'),
    weak('bucket', changed, 'the encryption applies to another bucket', 'add one for the other bucket'),
  ),
  ...ownedBy(
    'bucket',
    'aws_s3_bucket_replication_configuration',
    weak('rule', replicatesLess, 'copies in the other bucket are no longer made', 'keep the rule'),
    weak('rule', replicatesElsewhere, 'objects are copied into another bucket', 'have the destination reviewed'),
  ),
  ...ownedBy(
    'bucket',
    'aws_s3_bucket_ownership_controls',
    weak(
      'rule.object_ownership',
      leaves('BucketOwnerEnforced'),
      'access control lists decide again who reads an object',
      'keep BucketOwnerEnforced',
    ),
  ),
  ...of(
    'aws_s3_bucket_logging',
    weak('target_bucket', changed, 'access logs go elsewhere', 'keep the log bucket'),
    weak('bucket', changed, 'another bucket is logged', 'add one for the other bucket'),
  ),
  ...of(
    'aws_efs_file_system',
    weak('encrypted', turnedOff, 'files are no longer encrypted', 'keep the encryption'),
    weak('protection.replication_overwrite', leaves('ENABLED'), 'it can become the target of a replication', 'keep it protected'),
  ),
  ...ownedBy(
    'file_system_id',
    'aws_efs_backup_policy',
    weak('backup_policy.status', leaves('ENABLED'), 'files are no longer copied daily', 'keep the backups'),
    weak('backup_policy.status', becomes('DISABLED', 'DISABLING'), 'files are no longer copied daily', 'keep the backups'),
  ),
  ...of(
    'aws_ebs_volume',
    weak('final_snapshot', turnedOff, 'deleting it leaves no last snapshot', 'keep the final snapshot'),
    weak('encrypted', turnedOff, 'the volume is not encrypted', 'keep the encryption'),
    weak('kms_key_id', changed, 'it is encrypted under another key', 'keep the key'),
    notable('tags.snapshots', changed, 'the schedule of snapshots selects it by this tag', 'keep the tag'),
  ),
  ...of('aws_ebs_encryption_by_default', weak('enabled', turnedOff, 'new volumes are not encrypted', 'keep it')),
  ...of(
    'aws_ebs_snapshot_block_public_access',
    weak('state', downIn('block-all-sharing', 'block-new-sharing'), 'snapshots may be shared with everyone', 'keep the block'),
  ),
  ...of(
    'aws_backup_plan',
    weak('rule', backsUpLess, 'backups are made less often, kept for a shorter time, or no longer copied', 'keep the rule'),
  ),
  ...of(
    'aws_backup_selection',
    weak('resources', loses, 'something is no longer backed up', 'keep it selected'),
    weak('not_resources', gains, 'something is no longer backed up', 'keep it selected'),
    weak('selection_tag', changed, 'other resources are backed up', 'keep the selection'),
    weak('plan_id', changed, 'another plan decides how it is backed up', 'keep the plan'),
  ),
  ...of(
    'aws_backup_vault',
    weak('force_destroy', turnedOn, 'deleting the vault deletes its recovery points', 'delete them by hand'),
    weak('kms_key_arn', changed, 'recovery points are encrypted under another key', 'keep the key'),
  ),
  ...of(
    'aws_backup_vault_lock_configuration',
    weak('min_retention_days', lower, 'recovery points can be deleted sooner', 'keep the days'),
    weak('max_retention_days', lower, 'recovery points are kept for a shorter time', 'keep the days'),
    weak('changeable_for_days', removed, 'the lock can be lifted at any time', 'keep it'),
  ),
  ...of(
    'aws_ecr_repository',
    weak('force_delete', turnedOn, 'deleting it deletes every image first', 'delete images by hand'),
    weak(
      'image_tag_mutability',
      downIn('IMMUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE'),
      'a tag can be moved to another image',
      'keep tags',
    ),
    weak('image_scanning_configuration.scan_on_push', turnedOff, 'images are no longer scanned', 'keep the scan'),
  ),
  ...ownedBy(
    'repository',
    'aws_ecr_lifecycle_policy',
    weak('policy', keepsFewerImages, 'images that are kept today are deleted', 'keep as many, the running one among them'),
    weak('repository', changed, 'the rules apply to another repository', 'add rules for the other one'),
  ),
  ...of(
    'aws_sesv2_configuration_set',
    weak('delivery_options.tls_policy', leaves('REQUIRE'), 'messages may travel without TLS', 'keep TLS required'),
    weak('suppression_options.suppressed_reasons', loses, 'addresses that bounced are written to again', 'keep both reasons'),
    weak('reputation_options.reputation_metrics_enabled', turnedOff, 'no alarm sees bounces and complaints', 'keep the metrics'),
  ),
  ...of(
    'aws_sesv2_email_identity',
    weak('configuration_set_name', changed, 'messages no longer use the settings of the set', 'keep the set'),
    weak(
      'dkim_signing_attributes.next_signing_key_length',
      downIn('RSA_2048_BIT', 'RSA_1024_BIT'),
      'signatures are weaker',
      'keep it',
    ),
  ),
  ...of(
    'aws_sesv2_email_identity_mail_from_attributes',
    notable('mail_from_domain', changed, 'bounces return elsewhere, and SPF confirms another name', 'check its records'),
  ),
  ...each(
    ['aws_sqs_queue', 'aws_sns_topic'],
    weak('kms_master_key_id', changed, 'messages are encrypted under another key, or not at all', 'keep the key'),
    weak('sqs_managed_sse_enabled', turnedOff, 'messages are no longer encrypted', 'keep the encryption'),
  ),
  ...of(
    'aws_sqs_queue',
    weak('message_retention_seconds', lower, 'unread messages are deleted sooner', 'keep the time'),
    weak('redrive_policy', removed, 'what cannot be processed is lost', 'keep the dead-letter queue'),
    notable('redrive_policy', changed, 'what cannot be processed goes elsewhere, or sooner', 'compare both'),
  ),
];
