/** The part of the program of files that sends what the target does not have. It changes nothing at the source. */
export const SEND = String.raw`
SMALL = 1 << 20
WINDOW = 64
ZEROS = memoryview(bytes(PIECE))


def extents(at, size):
    """Where a file has data; the rest are holes."""
    found, offset = [], 0
    try:
        while offset < size:
            start = os.lseek(at, offset, os.SEEK_DATA)
            end = min(os.lseek(at, start, os.SEEK_HOLE), size)
            if start >= size:
                break
            found.append((start, end))
            offset = end
    except OSError as error:
        if error.errno != errno.ENXIO:
            return [(0, size)] if size else []
    return found


def head_of(kind, path, entry):
    return {'t': kind, 'p': path, 's': entry.s, 'm': entry.m, 'mode': entry.mode, 'u': entry.u, 'g': entry.g, 'k': entry.k}


def small_file(tree, path, entry):
    """Its pieces, or nothing where it has changed since it was listed."""
    try:
        at = tree.open(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return None
        raise
    try:
        before = os.fstat(at)
        if not stat.S_ISREG(before.st_mode) or before.st_ino != entry.ino or before.st_size > SMALL:
            return None
        pieces = [(start, read_all(at, start, end)) for start, end in extents(at, before.st_size)]
        return before, pieces, is_unchanged(before, os.fstat(at)) and None not in [p for _, p in pieces]
    finally:
        os.close(at)


def read_all(at, start, end):
    data = os.pread(at, end - start, start)
    while len(data) < end - start:
        more = os.pread(at, end - start - len(data), start + len(data))
        if not more:
            return None
        data += more
    return data


def is_unchanged(before, after):
    return (before.st_size, before.st_mtime_ns, before.st_ctime_ns) == (after.st_size, after.st_mtime_ns, after.st_ctime_ns)


def send_small(sender, path, entry, result):
    before, pieces, whole = result
    entry.s, entry.m, entry.c = before.st_size, before.st_mtime_ns, before.st_ctime_ns
    sender.frame(head_of('f', path, entry))
    digest = Holes()
    for start, data in pieces:
        if data is None:
            break
        sender.piece(start, data)
        digest.add(start, data)
    sender.piece(0, b'')
    entry.h = digest.end(entry.s) if whole else ''
    sender.frame({'h': entry.h, 'ok': whole})
    return whole


class Holes:
    """The hash of a file whose holes are not read."""

    def __init__(self):
        self.digest, self.at = hashlib.sha256(), 0

    def skip(self, end):
        while self.at < end:
            length = min(end - self.at, PIECE)
            self.digest.update(ZEROS[:length])
            self.at += length

    def add(self, start, data):
        self.skip(start)
        self.digest.update(data)
        self.at = start + len(data)

    def end(self, size):
        self.skip(size)
        return self.digest.hexdigest()


def send_large(tree, sender, path, entry):
    """@returns whether it did not change meanwhile; nothing where it has no room, or is gone."""
    try:
        at = tree.open(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        before = os.fstat(at)
        if not stat.S_ISREG(before.st_mode) or before.st_ino != entry.ino:
            return False
        found = extents(at, before.st_size)
        needed = sum(end - start for start, end in found)
        if sender.room() < needed + needed // 1000 + 2 * PIECE:
            return needed
        entry.s, entry.m, entry.c = before.st_size, before.st_mtime_ns, before.st_ctime_ns
        sender.frame(head_of('f', path, entry))
        digest, whole = Holes(), True
        for start, end in found:
            while whole and start < end:
                data = os.pread(at, min(PIECE, end - start), start)
                if not data:
                    whole = False
                    break
                sender.piece(start, data)
                digest.add(start, data)
                start += len(data)
        sender.piece(0, b'')
        whole = whole and is_unchanged(before, os.fstat(at))
        entry.h = digest.end(entry.s) if whole else ''
        sender.frame({'h': entry.h, 'ok': whole})
        return whole
    finally:
        os.close(at)


def send(tree, job):
    started = time.time_ns()
    own = tree.read()
    earlier, at = unpacked(request('GET', job['cache'])) if job.get('cache') else ({}, 0)
    believe(own, earlier, at)
    if job.get('late'):
        # What has changed since the last reading. Nothing is deleted: the target is in use.
        delete = []
        plan = {p: 'name' if e.first not in ('', p) else 'whole' for p, e in own.items() if has_changed(e, earlier.get(p))}
    else:
        earlier = None
        theirs, _ = unpacked(request('GET', job['theirs']))
        delete, plan = changes(tree, own, theirs, job['owners'])
    sender = Sender(job)
    result = {'sent': 0, 'bytes': 0, 'torn': [], 'left': False, 'need': 0, 'deleted': len(delete)}
    written = sorted(plan)
    for start in range(0, len(written), 1000):
        sender.frame({'w': written[start:start + 1000]})
    delete.sort(reverse=True)
    for start in range(0, len(delete), 1000):
        sender.frame({'x': delete[start:start + 1000]})
    if sender.room() < 4 * PIECE + 400 * len(plan):
        raise Refused('too few parts for a list of %d names' % len(plan))
    for path, kind in plan.items():
        if own[path].t == 'd':
            sender.frame(head_of('d', path, own[path]))
    files = [p for p, kind in plan.items() if own[p].t == 'f' and kind == 'whole']
    small = [p for p in files if own[p].s <= SMALL]
    large = [p for p in files if own[p].s > SMALL]
    gone = set()

    def count(path, whole):
        if whole:
            result['sent'] += 1
            result['bytes'] += own[path].s
        else:
            gone.add(path)
            result['torn'].append(path)

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for start in range(0, len(small), WINDOW):
            window = small[start:start + WINDOW]
            if sender.room() < sum(own[p].s for p in window) + WINDOW * PIECE // 8 + 2 * PIECE:
                result['left'] = True
                gone.update(small[start:])
                break
            for path, read in zip(window, pool.map(lambda p: small_file(tree, p, own[p]), window)):
                count(path, read is not None and send_small(sender, path, own[path], read))
    for number, path in enumerate(large):
        whole = send_large(tree, sender, path, own[path])
        if whole is not True and whole is not False:
            result['left'] = True
            result['need'] = max(result['need'], whole)
            gone.update(large[number:])
            break
        count(path, whole)
    for path, kind in plan.items():
        entry = own[path]
        if entry.t == 'l':
            sender.frame(head_of('l', path, entry))
        elif kind == 'name' and entry.first not in gone:
            sender.frame({'t': 'h', 'p': path, 'k': entry.first})
        elif kind == 'about' and entry.t == 'f':
            sender.frame(head_of('m', path, entry))
    sender.frame({'end': True})
    sender.end()
    torn = set(result['torn'])
    result['tornCount'] = len(torn)
    result['torn'] = sorted(torn)[:5]
    result['parts'] = sender.parts
    result['planned'] = len(plan)
    # What was not sent whole is a change for the next reading.
    request('PUT', job['out'], packed({p: e for p, e in own.items() if p not in gone}, started))
    return {**totals(tree, own), **result}


def has_changed(entry, known):
    if known is None or entry.t != known.t:
        return True
    if entry.t == 'd':
        return entry.mode != known.mode
    return (entry.s, entry.m, entry.c, entry.k) != (known.s, known.m, known.c, known.k)


def compare(tree, job):
    """@returns what differs; both trees with all hashes."""
    own, result = listed(tree, {**job, 'hash': True})
    theirs, _ = unpacked(request('GET', job['theirs']))
    found = differences(own, theirs, job['owners'])
    owners = 0 if job['owners'] else sum(1 for p, e in own.items() if (e.u, e.g) != tuple(job['owner']))
    return {**result, 'different': found[:20], 'differentCount': len(found), 'otherOwners': owners}


def listed(tree, job):
    started = time.time_ns()
    own = tree.read()
    earlier, at = unpacked(request('GET', job['cache'])) if job.get('cache') else ({}, 0)
    believe(own, earlier, at)
    earlier = None
    if job.get('hash'):
        tree.hash_all(own)
    request('PUT', job['out'], packed(own, started))
    result = totals(tree, own)
    if job.get('since'):
        known, _ = unpacked(request('GET', job['since']))
        differ = [p for p in sorted(set(own) | set(known)) if p not in own or has_changed(own[p], known.get(p))]
        result.update({'changed': differ[:5], 'changedCount': len(differ)})
    return own, result
`;
