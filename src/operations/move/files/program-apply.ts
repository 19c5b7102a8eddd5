/** The part of the program of files that receives parts, and does at the target what they say. */
export const APPLY = String.raw`
def apply(tree, job):
    owners, late = job['owners'], job.get('late', False)
    received = Receiver(job, zip(job['parts'], job['hashes']))
    known, _ = unpacked(request('GET', job['since'])) if late else ({}, 0)
    result = {'written': 0, 'deleted': 0, 'conflicts': []}
    mine = tree.written()
    kept = set()
    pending = []
    placed = set()

    def may(path):
        """After the switch, what was written at the target since stays."""
        if not late or path in placed:
            return True
        try:
            there = tree.entry(path)
        except (FileNotFoundError, NotADirectoryError):
            return path not in known
        before = known.get(path)
        return before is not None and not has_changed(there, before)

    def same(head, path):
        try:
            there = tree.entry(path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        if head['t'] == 'h':
            return head['k'] in placed and there.ino == tree.entry(head['k']).ino
        return there.t == head['t'] == 'l' and there.k == head['k']

    def holds(path, size, digest):
        """Whether a run that was interrupted has placed this content. Size and time alone may be those of another writer."""
        try:
            there = tree.entry(path)
            return there.t == 'f' and there.s == size and tree.hash_file(path, there) == digest
        except (FileNotFoundError, NotADirectoryError):
            return False

    def finish_small():
        for future in pending:
            if future.result():
                result['written'] += 1
        pending.clear()

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        while True:
            head = received.frame()
            if 'end' in head:
                break
            if 'w' in head:
                tree.will_write(head['w'])
                mine.update(head['w'])
                continue
            if 'x' in head:
                foreign = [p for p in head['x'] if p not in mine]
                if foreign:
                    raise Refused('somebody else has written at the target: %s' % ', '.join(ascii(p) for p in foreign[:5]))
                for path in head['x']:
                    tree.delete(path)
                    result['deleted'] += 1
                tree.forget()
                continue
            path = head['p']
            if head['t'] == 'f':
                if not may(path):
                    for _ in received.pieces():
                        pass
                    end = received.frame()
                    if end['ok'] and holds(path, head['s'], end['h']):
                        placed.add(path)
                    else:
                        result['conflicts'].append(path)
                        kept.add(path)
                    continue
                tree.writable(path)
                placed.add(path)
                if head['s'] <= SMALL:
                    pieces = list(received.pieces())
                    end = received.frame()
                    pending.append(pool.submit(tree.file, head, pieces, lambda end=end: end, owners))
                    if len(pending) >= 4 * WINDOW:
                        finish_small()
                elif tree.file(head, received.pieces(), received.frame, owners):
                    result['written'] += 1
                continue
            finish_small()
            if not may(path) and not same(head, path) and not (head['t'] == 'd' and is_folder(tree, path)):
                result['conflicts'].append(path)
                continue
            if head['t'] == 'd':
                if late and is_folder(tree, path):
                    continue
                tree.make_folder(head, owners)
            elif head['t'] == 'l':
                tree.writable(path)
                tree.make_link(head, owners)
            elif head['t'] == 'h':
                if head['k'] in kept:
                    continue
                tree.writable(path)
                try:
                    tree.make_name(path, head['k'])
                except FileNotFoundError:
                    # The file of this name was not sent whole: the next copy has both.
                    continue
            elif head['t'] == 'm':
                tree.writable(path)
                folder, name = tree.at(path)
                tree.about(name, folder, head, owners)
            placed.add(path)
            result['written'] += 1
        finish_small()
    tree.close_folders()
    os.sync()
    if late:
        now = tree.read()
        request('PUT', job['out'], packed({**known, **{p: e for p, e in now.items() if p in placed}}, 0))
    else:
        own, _ = listed(tree, job)
        result.update(totals(tree, own))
    result['conflictCount'] = len(result['conflicts'])
    result['conflicts'] = sorted(result['conflicts'])[:5]
    return result


def is_folder(tree, path):
    try:
        return tree.entry(path).t == 'd'
    except (FileNotFoundError, NotADirectoryError):
        return False


def drop(tree, job):
    """Takes away what the move has written, or all: the folder was empty when the move began."""
    entries = tree.read()
    mine = tree.written()
    left, deleted = [], 0
    for path in sorted([*entries, *tree.others], reverse=True):
        if tree.leads_elsewhere(path):
            continue
        if not job['all'] and path not in mine:
            left.append(path)
            continue
        try:
            tree.delete(path)
            deleted += 1
        except OSError as error:
            # Something of others is in it.
            if error.errno != errno.ENOTEMPTY:
                raise
    tree.close_folders()
    tree.release()
    return {'deleted': deleted, 'others': sorted(left)[:5], 'otherCount': len(left)}
`;
