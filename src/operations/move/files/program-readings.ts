/** The part of the program of files that keeps what a side has read: an object in the store, from which later runs take hashes. */
export const READINGS = String.raw`
def say(text):
    print(text, file=sys.stderr, flush=True)


def believe(entries, earlier, at):
    """Takes hashes of an earlier reading where the file cannot have changed since: a program can set a time of change, but no ctime."""
    for path, entry in entries.items():
        known = earlier.get(path)
        if known is not None and known.h and (known.t, known.s, known.m, known.ino, known.c) == (entry.t, entry.s, entry.m, entry.ino, entry.c):
            if entry.c < at - SETTLED:
                entry.h = known.h


def packed(entries, at):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode='wb', compresslevel=5) as file:
        file.write((json.dumps({'at': at}) + '\n').encode())
        for path, entry in entries.items():
            file.write((json.dumps(entry.line(path)) + '\n').encode())
    return out.getvalue()


def unpacked(data):
    entries = {}
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        at = json.loads(file.readline())['at']
        for line in file:
            path, *values = json.loads(line)
            entries[path] = Entry(*values)
    return entries, at


def totals(tree, entries):
    kinds = {kind: sum(1 for e in entries.values() if e.t == kind) for kind in 'fdl'}
    return {
        'files': kinds['f'], 'folders': kinds['d'], 'links': kinds['l'],
        'bytes': sum(e.s for p, e in entries.items() if e.first in ('', p)),
        'others': sorted(tree.others)[:5], 'otherCount': len(tree.others),
        'attributes': sorted(tree.attributes)[:5], 'attributeCount': len(tree.attributes),
        'unreadable': sorted(set(tree.unreadable))[:5], 'unreadableCount': len(set(tree.unreadable)),
    }
`;
