/** The part of the program of files that writes at the target: into a new file first, which then takes the place of the old one. */
export const TARGET = String.raw`
class Target(Tree):
    """A tree that belongs to a move: a folder in it says to which, and which names the move has written."""

    def __init__(self, folder, skipped, move):
        super().__init__(folder, skipped)
        self.move = move
        self.opened = {}
        self.number = 0
        self.lock = None
        self.counting = threading.Lock()

    def take(self, begins):
        """@throws Refused where somebody else's files are"""
        try:
            self.marks = os.open(MARK, FOLDER_FLAGS, dir_fd=self.root)
            held = self.marked('move')
        except FileNotFoundError:
            held = None
        if held is None:
            if not begins:
                raise Refused('the folder does not belong to this move any more')
            there = [n for n in os.listdir(self.root) if not self.leads_elsewhere(n) and n != 'lost+found']
            if there:
                raise Refused('the target is not empty: %s' % ', '.join(ascii(n) for n in sorted(there)[:5]))
            try:
                os.mkdir(MARK, 0o700, dir_fd=self.root)
            except FileExistsError:
                pass
            self.marks = os.open(MARK, FOLDER_FLAGS, dir_fd=self.root)
            self.append_mark('move.new', self.move.encode())
            os.rename('move.new', 'move', src_dir_fd=self.marks, dst_dir_fd=self.marks)
        elif held.decode() != self.move:
            raise Refused('the target belongs to another move: %s' % held.decode())
        self.lock = os.open('lock', os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=self.marks)
        # A run of a command that was killed may still write: it ends by itself.
        fcntl.lockf(self.lock, fcntl.LOCK_EX)
        for name in os.listdir(self.marks):
            if name.startswith('new-'):
                os.unlink(name, dir_fd=self.marks)

    def leads_elsewhere(self, path):
        """Whether it is, or holds, a folder that goes its own way."""
        return path in self.skipped or any(other.startswith(path + '/') for other in self.skipped)

    def marked(self, name):
        with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self.marks), 'rb') as file:
            return file.read()

    def append_mark(self, name, data):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(name, flags | (os.O_TRUNC if name == 'move.new' else 0), 0o600, dir_fd=self.marks), 'ab') as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def written(self):
        try:
            return set(os.fsdecode(name) for name in self.marked('written').split(b'\0'))
        except FileNotFoundError:
            return set()

    def will_write(self, paths):
        self.append_mark('written', b''.join(os.fsencode(path) + b'\0' for path in paths))

    def release(self):
        """The folder is that of the application alone. The mark goes last, so that this can be repeated."""
        self.forget()
        for name in sorted(os.listdir(self.marks), key=lambda one: one == 'move'):
            os.unlink(name, dir_fd=self.marks)
        os.rmdir(MARK, dir_fd=self.root)

    def readable(self, path, entry):
        """The owner of a file may always read it, once it says so."""
        try:
            return self.open(path)
        except PermissionError:
            folder, name = self.at(path)
            os.chmod(name, entry.mode | 0o400, dir_fd=folder)
            try:
                return self.open(path)
            finally:
                os.chmod(name, entry.mode, dir_fd=folder)

    def writable(self, path):
        """The folder of a path can be written to until the end of this run."""
        parent = path.rpartition('/')[0]
        if parent == '' or parent in self.opened:
            return
        self.writable(parent)
        folder, name = self.at(parent)
        mode = stat.S_IMODE(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        self.opened[parent] = mode
        if mode & 0o700 != 0o700:
            os.chmod(name, mode | 0o700, dir_fd=folder)

    def close_folders(self):
        for path, mode in sorted(self.opened.items(), reverse=True):
            try:
                folder, name = self.at(path)
                if stat.S_IMODE(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode) != mode:
                    os.chmod(name, mode, dir_fd=folder)
            except FileNotFoundError:
                pass

    def delete(self, path):
        try:
            self.writable(path)
            folder, name = self.at(path)
            if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                self.forget()
                folder, name = self.at(path)
                os.rmdir(name, dir_fd=folder)
                self.opened.pop(path, None)
            else:
                os.unlink(name, dir_fd=folder)
        except FileNotFoundError:
            pass

    def own(self, name, folder, head, owners):
        if owners:
            os.chown(name, head['u'], head['g'], dir_fd=folder, follow_symlinks=False)

    def new(self):
        with self.counting:
            self.number += 1
            return 'new-%d' % self.number

    def place(self, new, path):
        folder, name = self.at(path)
        os.rename(new, name, src_dir_fd=self.marks, dst_dir_fd=folder)

    def make_folder(self, head, owners):
        self.writable(head['p'])
        folder, name = self.at(head['p'])
        try:
            os.mkdir(name, 0o700, dir_fd=folder)
        except FileExistsError:
            pass
        self.own(name, folder, head, owners)
        os.chmod(name, head['mode'] | 0o700, dir_fd=folder)
        self.opened[head['p']] = head['mode']

    def make_link(self, head, owners):
        new = self.new()
        os.symlink(head['k'], new, dir_fd=self.marks)
        self.own(new, self.marks, head, owners)
        self.place(new, head['p'])

    def make_name(self, path, first):
        folder, name = self.at(first)
        new = self.new()
        os.link(name, new, src_dir_fd=folder, dst_dir_fd=self.marks, follow_symlinks=False)
        self.place(new, path)

    def about(self, name, folder, head, owners):
        self.own(name, folder, head, owners)
        os.chmod(name, head['mode'], dir_fd=folder)
        os.utime(name, ns=(head['m'], head['m']), dir_fd=folder, follow_symlinks=False)

    def file(self, head, pieces, trailer, owners):
        """@param pieces may be read while it is written"""
        new = self.new()
        at = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=self.marks)
        try:
            digest = Holes()
            for offset, data in pieces:
                view = memoryview(data)
                while len(view):
                    done = os.pwrite(at, view, offset)
                    digest.add(offset, view[:done].tobytes()) if done < len(data) else digest.add(offset, data)
                    view, offset = view[done:], offset + done
            os.ftruncate(at, head['s'])
        finally:
            os.close(at)
        end = trailer()
        if not end['ok']:
            os.unlink(new, dir_fd=self.marks)
            return False
        if digest.end(head['s']) != end['h']:
            raise Refused('%s arrives with another content than was sent' % ascii(head['p']))
        self.about(new, self.marks, head, owners)
        self.place(new, head['p'])
        return True
`;
