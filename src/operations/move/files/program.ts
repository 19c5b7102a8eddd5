/**
 * The program that reads, sends, writes and compares the files of one folder, where it is mounted. It needs Python 3.9 and reaches
 * nothing but the addresses of its job: a job is an object in the store, and only its address is passed, as a secret.
 */
import { quoted } from '../postgres/scripts';
import { APPLY } from './program-apply';
import { READINGS } from './program-readings';
import { SEND } from './program-send';
import { STREAM } from './program-stream';
import { TARGET } from './program-target';
import { TREE } from './program-tree';

/** The variable with the address of the job. */
export const JOB_VARIABLE = 'TERRACE_FILES_JOB';

/** What is done with one folder. */
const MAIN = String.raw`
def made(folder, root):
    """The folder of an access point exists from its first use on; on a host, the program makes it."""
    if not os.path.isdir(folder):
        os.makedirs(folder)
        os.chown(folder, root['u'], root['g'])
        os.chmod(folder, root['mode'])


def work(job, folder):
    if job['do'] in ('finish', 'drop') and not os.path.isdir(os.path.join(folder, MARK)):
        return {'deleted': 0}
    if not job['target']:
        if not os.path.isdir(folder):
            raise Refused('there is no folder %s: has the application ever run?' % folder)
        tree = Tree(folder, job['skipped'])
        return {'list': lambda: listed(tree, job)[1], 'send': lambda: send(tree, job), 'compare': lambda: compare(tree, job)}[job['do']]()
    if job.get('root'):
        made(folder, job['root'])
    tree = Target(folder, job['skipped'], job['move'])
    tree.take(job.get('begins', False))
    if job['do'] == 'finish':
        tree.release()
        return {}
    return {'list': lambda: listed(tree, job)[1], 'apply': lambda: apply(tree, job), 'drop': lambda: drop(tree, job)}[job['do']]()


def main():
    try:
        address = os.environ.pop('TERRACE_FILES_JOB')
        print(json.dumps(work(json.loads(request('GET', address)), os.environ['TERRACE_FILES_FOLDER'])))
    except Refused as error:
        say('refused: %s' % error)
        sys.exit(1)
    except OSError as error:
        what = 'no room is left' if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
        say('%s%s' % (what, '' if error.filename is None else ': %s' % ascii(error.filename)))
        sys.exit(1)


main()
`;

/**
 * @param folder where the files are, for the one who runs the script
 * @param number of the job: a place joins a script that runs already, and another job is another script
 */
export function filesScript(folder: string, number: string): string {
  return `# ${number}
export TERRACE_FILES_FOLDER=${quoted(folder)}
python3 -I -S -X utf8 - <<'END-OF-PROGRAM'
${[TREE, READINGS, STREAM, SEND, TARGET, APPLY, MAIN].join('\n')}
END-OF-PROGRAM
`;
}
