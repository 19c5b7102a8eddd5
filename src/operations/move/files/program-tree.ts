/**
 * The part of the program of files (`program.ts`) that reads a tree. Python, because hosts have it for cloud-init, and shells cannot
 * copy names, holes and links of every kind.
 *
 * Folders are opened one by one and never through a link: the program is root on a host, and whoever writes the files could put a
 * link in the place of a folder while they are read.
 */
export const TREE = String.raw`
import concurrent.futures, errno, fcntl, gzip, hashlib, http.client, io, json, os, queue, shutil, stat, struct, sys, threading, time
import urllib.error, urllib.request

MARK = '.terrace-move'
WORKERS = 16
PIECE = 1 << 20
# A hash of an earlier reading is believed only where the file is older than that reading by this much.
SETTLED = 5 * 10 ** 9
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Refused(Exception):
    pass


class Entry:
    __slots__ = ('t', 's', 'm', 'mode', 'u', 'g', 'k', 'ino', 'c', 'h', 'first', 'n')

    def __init__(self, t, s, m, mode, u, g, k, ino, c, h, first, n=1):
        self.t, self.s, self.m, self.mode, self.u, self.g, self.k = t, s, m, mode, u, g, k
        self.ino, self.c, self.h, self.first, self.n = ino, c, h, first, n

    def line(self, path):
        return [path, self.t, self.s, self.m, self.mode, self.u, self.g, self.k, self.ino, self.c, self.h, self.first]


def entry_in(folder, name):
    """@returns what there is, and the device that it is on"""
    s = os.stat(name, dir_fd=folder, follow_symlinks=False)
    kind = 'd' if stat.S_ISDIR(s.st_mode) else 'l' if stat.S_ISLNK(s.st_mode) else 'f' if stat.S_ISREG(s.st_mode) else 'o'
    link = os.readlink(name, dir_fd=folder) if kind == 'l' else ''
    size, links = (s.st_size, s.st_nlink) if kind == 'f' else (0, 1)
    mode = stat.S_IMODE(s.st_mode)
    return Entry(kind, size, s.st_mtime_ns, mode, s.st_uid, s.st_gid, link, s.st_ino, s.st_ctime_ns, '', '', links), s.st_dev


def has_attributes(path):
    """Those of a user, and ACLs. Many file systems have none."""
    try:
        return any(name.startswith(('user.', 'system.posix_acl')) for name in os.listxattr(path, follow_symlinks=False))
    except OSError:
        return False


class Tree:
    """A folder, whose files are reached by paths that begin below it."""

    def __init__(self, folder, skipped):
        self.folder = folder
        self.skipped = frozenset(skipped) | {MARK}
        self.root = os.open(folder, FOLDER_FLAGS)
        self.local = threading.local()
        self.device = os.fstat(self.root).st_dev
        self.others = []
        self.attributes = []
        self.unreadable = []

    def open_folder(self, path):
        at = os.dup(self.root)
        try:
            for name in path.split('/') if path else []:
                below = os.open(name, FOLDER_FLAGS, dir_fd=at)
                os.close(at)
                at = below
            return at
        except BaseException:
            os.close(at)
            raise

    def at(self, path):
        """The open folder of a path, and its name in it. The last folder stays open, one for each thread."""
        parent, _, name = path.rpartition('/')
        if name in ('', '.', '..'):
            raise Refused('the path %a is none' % path)
        held = getattr(self.local, 'held', None)
        if held is None or held[0] != parent:
            self.forget()
            held = (parent, self.open_folder(parent))
            self.local.held = held
        return held[1], name

    def forget(self):
        held = getattr(self.local, 'held', None)
        if held is not None:
            os.close(held[1])
            self.local.held = None

    def open(self, path):
        folder, name = self.at(path)
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=folder)

    def stat(self, path):
        folder, name = self.at(path)
        return os.stat(name, dir_fd=folder, follow_symlinks=False)

    def entry(self, path):
        return entry_in(*self.at(path))[0]

    def read(self):
        """Every entry by its path, in the order of paths."""
        found = {}
        lock = threading.Lock()
        folders = queue.Queue()
        folders.put('')
        problems = []

        def work():
            while True:
                path = folders.get()
                if path is None:
                    return
                try:
                    self.read_folder(path, found, lock, folders)
                except BaseException as error:
                    problems.append(error)
                finally:
                    folders.task_done()

        threads = [threading.Thread(target=work, daemon=True) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        folders.join()
        for _ in threads:
            folders.put(None)
        if problems:
            raise problems[0]
        entries = dict(sorted(found.items()))
        self.name_links(entries)
        return entries

    def read_folder(self, path, found, lock, folders):
        try:
            at = self.open_folder(path)
        except (FileNotFoundError, NotADirectoryError):
            return
        except PermissionError:
            self.unreadable.append(path)
            return
        try:
            own = {}
            for name in os.listdir(at):
                below = path + '/' + name if path else name
                if below in self.skipped:
                    continue
                try:
                    entry, device = entry_in(at, name)
                except FileNotFoundError:
                    continue
                if entry.t == 'o' or device != self.device:
                    self.others.append(below)
                    continue
                if entry.t == 'd':
                    folders.put(below)
                if entry.t != 'l' and has_attributes('/proc/self/fd/%d/%s' % (at, name)):
                    self.attributes.append(below)
                own[below] = entry
            with lock:
                found.update(own)
        finally:
            os.close(at)

    def name_links(self, entries):
        first = {}
        for path, entry in entries.items():
            if entry.t == 'f' and entry.n > 1:
                first.setdefault(entry.ino, []).append(path)
        for paths in first.values():
            if len(paths) > 1:
                for path in paths:
                    entries[path].first = paths[0]

    def hash_all(self, entries, wanted=None):
        """Reads files whose hash is not known. One that is written meanwhile gets none."""
        def one(path):
            entry = entries[path]
            try:
                entry.h = self.hash_file(path, entry)
            except FileNotFoundError:
                entry.h = ''
            except PermissionError:
                self.unreadable.append(path)
        paths = [p for p, e in entries.items() if e.t == 'f' and e.h == '' and e.first in ('', p) and (wanted is None or p in wanted)]
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for number, _ in enumerate(pool.map(one, paths), 1):
                if number % 10000 == 0:
                    say('%d of %d files read' % (number, len(paths)))
        for path, entry in entries.items():
            if entry.first not in ('', path):
                entry.h = entries[entry.first].h

    def hash_file(self, path, entry):
        at = self.readable(path, entry)
        try:
            before = os.fstat(at)
            digest = hashlib.sha256()
            while True:
                piece = os.read(at, PIECE)
                if not piece:
                    break
                digest.update(piece)
            after = os.fstat(at)
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or before.st_ino != entry.ino:
                return ''
            entry.c, entry.m, entry.s = after.st_ctime_ns, after.st_mtime_ns, after.st_size
            return digest.hexdigest()
        finally:
            os.close(at)

    def readable(self, path, entry):
        return self.open(path)
`;
