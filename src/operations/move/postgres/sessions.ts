/** Sessions of the move itself. */
import { markOf } from './mark';

/** A statement that ends what scripts of an interrupted call still do in the server. Replication goes on. */
export function endOwnSessionsSql(move: string): string {
  return `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = '${markOf(move)}' and backend_type = 'client backend' and usename = current_user and pid <> pg_backend_pid()
\\g /dev/null`;
}
