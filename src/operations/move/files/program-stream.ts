/** The part of the program of files that sends and receives: parts of a stream, each with its hash, and what differs in two trees. */
export const STREAM = String.raw`
PART = int(os.environ.get('TERRACE_PART_BYTES', 64 << 20))
RETRIES = 4


def request(method, address, body=None):
    """No message contains the address, which is a right."""
    for attempt in range(RETRIES + 1):
        try:
            asked = urllib.request.Request(address, data=body, method=method)
            if body is not None:
                asked.add_header('Content-Type', 'application/octet-stream')
            with urllib.request.urlopen(asked, timeout=120) as answer:
                content = answer.read()
                if method == 'GET' and answer.length not in (None, 0):
                    raise OSError('the answer ended early')
                return content
        except urllib.error.HTTPError as error:
            problem = 'HTTP %d' % error.code
            if error.code in (400, 401, 403, 404) and attempt > 0:
                break
        except (OSError, http.client.HTTPException) as error:
            problem = type(error).__name__
        time.sleep(min(2 ** attempt, 10) if attempt < RETRIES else 0)
    raise Refused('the store did not answer a %s: %s' % (method, problem))


def require_current(job):
    """A command that was killed leaves a program running, which ends as soon as another job is in the place of its own."""
    try:
        current = json.loads(request('GET', job['current']))['number']
    except Refused:
        current = None
    if current != job['number']:
        raise Refused('another command continues')


class Sender:
    """Frames, cut into parts. A part is in memory only, so that a full disk of the source stops nothing."""

    def __init__(self, job):
        self.job = job
        self.addresses = job['parts']
        self.parts = []
        self.buffer = bytearray()

    def room(self):
        return (len(self.addresses) - len(self.parts)) * PART - len(self.buffer)

    def write(self, data):
        self.buffer += data
        while len(self.buffer) >= PART:
            self.put(PART)

    def put(self, length):
        require_current(self.job)
        data = bytes(self.buffer[:length])
        del self.buffer[:length]
        request('PUT', self.addresses[len(self.parts)], data)
        self.parts.append(hashlib.sha256(data).hexdigest())
        say('part %d sent' % len(self.parts))

    def frame(self, value):
        text = json.dumps(value).encode()
        self.write(struct.pack('>I', len(text)) + text)

    def piece(self, offset, data):
        self.write(struct.pack('>QI', offset, len(data)) + data)

    def end(self):
        if self.buffer:
            self.put(len(self.buffer))


class Receiver:
    def __init__(self, job, parts):
        self.job = job
        self.parts = list(parts)
        self.data, self.at = b'', 0

    def read(self, length):
        out = b''
        while len(out) < length:
            if self.at == len(self.data):
                self.next()
            piece = self.data[self.at:self.at + length - len(out)]
            self.at += len(piece)
            out = out + piece if out else piece
        return out

    def next(self):
        if not self.parts:
            raise Refused('the parts end in the middle of a file')
        require_current(self.job)
        address, digest = self.parts.pop(0)
        for attempt in range(3):
            data = request('GET', address)
            if hashlib.sha256(data).hexdigest() == digest:
                self.data, self.at = data, 0
                return
        raise Refused('a part arrives with another content than was sent')

    def frame(self):
        length, = struct.unpack('>I', self.read(4))
        return json.loads(self.read(length))

    def pieces(self):
        while True:
            offset, length = struct.unpack('>QI', self.read(12))
            if not length:
                return
            yield offset, self.read(length)


def same_time(one, other):
    """File systems keep times with different precision."""
    if one // 1000 == other // 1000:
        return True
    return (one % 10 ** 9 == 0 or other % 10 ** 9 == 0) and one // 10 ** 9 == other // 10 ** 9


def same_about(one, other, owners):
    if one.t != 'l' and one.mode != other.mode:
        return False
    return not owners or (one.u, one.g) == (other.u, other.g)


def changes(tree, own, theirs, owners):
    """What the target has to delete, and what it has to get: a whole entry, a name of a file that is sent, or only mode, owner and time."""
    delete = [p for p, e in theirs.items() if p not in own or own[p].t != e.t]
    unknown = set()
    for path, a in own.items():
        b = theirs.get(path)
        if b is not None and a.t == 'f' == b.t and a.s == b.s and b.h and not a.h:
            unknown.add(a.first or path)
    tree.hash_all(own, unknown)
    send = {}
    for path, a in own.items():
        b = theirs.get(path)
        if b is None or b.t != a.t:
            send[path] = 'name' if a.first not in ('', path) else 'whole'
        elif a.t == 'd':
            if not same_about(a, b, owners):
                send[path] = 'about'
        elif a.t == 'l':
            if a.k != b.k or not same_about(a, b, owners):
                send[path] = 'whole'
        elif a.first not in ('', path):
            if a.first != b.first or send.get(a.first) == 'whole':
                send[path] = 'name'
        elif a.first != b.first or a.s != b.s or (a.h and b.h and a.h != b.h) or (not (a.h and b.h) and not same_time(a.m, b.m)):
            send[path] = 'whole'
        elif not same_about(a, b, owners) or not same_time(a.m, b.m):
            send[path] = 'about'
    return delete, send


def differences(own, theirs, owners):
    """Kinds of differences, each with its paths."""
    found = []
    for path in sorted(set(own) | set(theirs)):
        a, b = own.get(path), theirs.get(path)
        if a is None or b is None:
            found.append(['only at the target' if a is None else 'missing', path])
        elif a.t != b.t:
            found.append(['of another kind', path])
        elif a.t == 'l' and a.k != b.k:
            found.append(['another link', path])
        elif a.t == 'f' and (a.s != b.s or not a.h or a.h != b.h):
            found.append(['another content', path])
        elif a.t == 'f' and a.first != b.first:
            found.append(['other hard links', path])
        elif a.t != 'l' and a.mode != b.mode:
            found.append(['another mode', path])
        elif owners and (a.u, a.g) != (b.u, b.g):
            found.append(['another owner', path])
    return found
`;
