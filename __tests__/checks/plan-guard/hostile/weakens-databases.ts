/** Plans that weaken what protects a database. */
import { single, type HostileCase } from './hostile-case';

const DATABASE = {
  identifier: 'shop',
  deletion_protection: true,
  skip_final_snapshot: false,
  delete_automated_backups: false,
  backup_retention_period: 14,
  multi_az: true,
  storage_encrypted: true,
  replicate_source_db: 'shop-primary',
  vpc_security_group_ids: ['sg-database'],
  final_snapshot_identifier: 'shop-final',
};
const database = (name: string, hostile: object, harmless: object): HostileCase =>
  single(name, 'aws_db_instance.primary', DATABASE, hostile, harmless);

export const WEAKENS_DATABASES: readonly HostileCase[] = [
  database('deletion protection of a database is turned off', { deletion_protection: false }, { apply_immediately: true }),
  database('a database would leave no final snapshot', { skip_final_snapshot: true }, { copy_tags_to_snapshot: true }),
  database(
    'deleting a database would delete its automated backups',
    { delete_automated_backups: true },
    { max_allocated_storage: 80 },
  ),
  database('automated backups are dropped at once', { backup_retention_period: 0 }, { backup_retention_period: 30 }),
  database('automated backups are kept for a shorter time', { backup_retention_period: 3 }, { backup_window: '01:00-02:00' }),
  database('the standby is removed', { multi_az: false }, { instance_class: 'db.m7g.large' }),
  database('a replica is promoted', { replicate_source_db: null }, { allocated_storage: 40 }),
  database(
    'another security group admits callers to a database',
    { vpc_security_group_ids: ['sg-database', 'sg-public'] },
    { vpc_security_group_ids: [] },
  ),
  database('the only security group of a database is another one', { vpc_security_group_ids: ['sg-public'] }, { iops: 4000 }),
];
