"""Signing by other hands: messages, credentials, leaves and checkpoints of `src/record/README.md`, made with Python's cryptography.

The keys are public test keys; nothing real is signed with them."""

import base64
import hashlib
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from draw_bytes import canonical, sha256

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Es256:
    alg = "ES256"

    def __init__(self, byte):
        """The key whose scalar is 32 times this byte."""
        self.secret = ec.derive_private_key(int.from_bytes(bytes([byte]) * 32, "big"), ec.SECP256R1())
        numbers = self.secret.public_key().public_numbers()
        x, y = (b64(n.to_bytes(32, "big")) for n in (numbers.x, numbers.y))
        self.jwk = {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    def sign(self, message):
        der = self.secret.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = utils.decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, message, signature):
        halves = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        self.secret.public_key().verify(utils.encode_dss_signature(*halves), message, ec.ECDSA(hashes.SHA256()))


class Ed25519:
    alg = "Ed25519"

    def __init__(self, byte):
        """The key whose seed is 32 times this byte."""
        self.secret = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32)
        self.raw = self.secret.public_key().public_bytes_raw()
        self.jwk = {"crv": "Ed25519", "kty": "OKP", "x": b64(self.raw)}

    def sign(self, message):
        return self.secret.sign(message)

    def verify(self, message, signature):
        self.secret.public_key().verify(signature, message)


class Sm2:
    """SM2 with SM3 (GB/T 32918.2) on sm2p256v1, by the book; the nonce is a hash of key and message."""

    alg = "SM2-SM3"
    P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
    A = P - 3
    B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
         0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)

    def __init__(self, byte, identity="1234567812345678"):
        self.secret = int.from_bytes(bytes([byte]) * 32, "big")
        self.point, self.identity = self.times(self.secret, self.G), identity
        x, y = (b64(n.to_bytes(32, "big")) for n in self.point)
        self.jwk = {"crv": "SM2", "kty": "EC", "x": x, "y": y}

    def add(self, one, other):
        if one is None or other is None:
            return one or other
        (x1, y1), (x2, y2) = one, other
        if x1 == x2 and (y1 + y2) % self.P == 0:
            return None
        slope = (3 * x1 * x1 + self.A) * pow(2 * y1, -1, self.P) if one == other else (y2 - y1) * pow(x2 - x1, -1, self.P)
        x3 = (slope * slope - x1 - x2) % self.P
        return x3, (slope * (x1 - x3) - y1) % self.P

    def times(self, factor, point):
        total = None
        while factor:
            total = self.add(total, point) if factor & 1 else total
            point, factor = self.add(point, point), factor >> 1
        return total

    def sign(self, message):
        name = self.identity.encode()
        numbers = (self.A, self.B, *self.G, *self.point)
        head = struct.pack(">H", len(name) * 8) + name + b"".join(n.to_bytes(32, "big") for n in numbers)
        digest = hashlib.new("sm3", hashlib.new("sm3", head).digest() + message).digest()
        e = int.from_bytes(digest, "big")
        k = int.from_bytes(hashlib.sha256(self.secret.to_bytes(32, "big") + digest).digest(), "big") % self.N
        r = (e + self.times(k, self.G)[0]) % self.N
        s = pow(1 + self.secret, -1, self.N) * (k - r * self.secret) % self.N
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def key_id(jwk):
    return b64(hashlib.sha256(canonical(jwk)).digest())


def message(kind, payload, *signers, v=1):
    """A signed message: each signer signs its namespace, a zero byte and the payload."""
    signed = f"kaoping/{kind}/{v}".encode() + b"\0" + canonical(payload)
    proofs = [{"alg": key.alg, "key": key_id(key.jwk), "value": b64(key.sign(signed))} for key in signers]
    return {"kind": kind, "payload": payload, "proofs": proofs, "v": v}


def credential(payload, signer, header=None):
    """A compact JWS as `vc+jwt`; the payload may be given as bytes."""
    header = header or {"alg": "ES256", "cty": "vc", "kid": key_id(signer.jwk), "typ": "vc+jwt"}
    payload = payload if isinstance(payload, bytes) else canonical(payload)
    signed = f"{b64(canonical(header))}.{b64(payload)}"
    return f"{signed}.{b64(signer.sign(signed.encode()))}"


def identity(record):
    """The identity of a message or a compact JWS: SHA-256 of its payload."""
    if isinstance(record, str):
        payload = record.split(".")[1]
        return hashlib.sha256(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).hexdigest()
    return hashlib.sha256(canonical(record["payload"])).hexdigest()


def leaf(batch, kind, salt, record):
    commitment = sha256("kaoping/leaf/1", kind, bytes.fromhex(salt), bytes.fromhex(record)).hex()
    return {"batch": batch, "commitment": commitment, "kind": kind, "v": 1}


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(hashes_):
    size = 1
    while size * 2 < len(hashes_):
        size *= 2
    return hashes_[:size], hashes_[size:]


def root(hashes_):
    """RFC 6962, section 2.1."""
    if not hashes_:
        return hashlib.sha256(b"").digest()
    if len(hashes_) == 1:
        return hashes_[0]
    left, right = split(hashes_)
    return node(root(left), root(right))


def path(hashes_, index):
    """RFC 6962, section 2.1.1."""
    if len(hashes_) == 1:
        return []
    left, right = split(hashes_)
    if index < len(left):
        return [*path(left, index), root(right)]
    return [*path(right, index - len(left)), root(left)]


def note_key_hash(name, raw):
    return hashlib.sha256(name.encode() + b"\n\x01" + raw).digest()[:4]


def verifier_key(name, key):
    return f"{name}+{note_key_hash(name, key.raw).hex()}+{base64.b64encode(bytes([1]) + key.raw).decode()}"


def checkpoint(origin, size, tree_root, key):
    """A C2SP signed note."""
    text = f"{origin}\n{size}\n{base64.b64encode(tree_root).decode()}\n"
    line = base64.b64encode(note_key_hash(origin, key.raw) + key.sign(text.encode())).decode()
    return f"{text}\n— {origin} {line}\n"


class Log:
    """A log in memory."""

    def __init__(self, origin, key):
        self.origin, self.key, self.entries = origin, key, []

    def append(self, entry):
        self.entries.append(entry)
        return len(self.entries) - 1

    def hashes(self):
        return [leaf_hash(canonical(entry)) for entry in self.entries]

    def root(self):
        return root(self.hashes())

    def checkpoint(self):
        return checkpoint(self.origin, len(self.entries), self.root(), self.key)

    def record(self, batch, kind, record, salt):
        """Appends the leaf of a record; gives what its proof needs."""
        entry = leaf(batch, kind, salt, record)
        return {"index": self.append(entry), "leaf": entry, "salt": salt}

    def proof(self, place):
        hashes_ = self.hashes()
        steps = [step.hex() for step in path(hashes_, place["index"])]
        return {**place, "checkpoint": self.checkpoint(), "path": steps, "size": len(hashes_)}
