"""Timestamps by file, from a real authority made here with the openssl program."""

from __future__ import annotations

import base64
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from archive.opening import Archive
from archive.proof import chain, timestamp, timestamp_signature
from archive.proof.timestamp import Refused
from archive.records import Actor
from virtopsy.errors import InputError, IntegrityError, VirtopsyError
from virtopsy.language import Language

_OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(_OPENSSL is None, reason="openssl makes the authority")
_CONFIG = """
[tsa]
default_tsa = one
[one]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
signer_digest = {digest}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamps]
extendedKeyUsage = critical, timeStamping
[mail]
extendedKeyUsage = critical, emailProtection
"""


@dataclass(frozen=True)
class Authority:
    """A timestamp authority with a root of its own, in a folder."""

    folder: Path

    def run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def certify(self, name: str, *, kind: str, days: str, use: str = "stamps") -> None:
        """Make a key and a certificate for it that the root signs."""
        self.run("genpkey", "-out", f"{name}.key", "-algorithm", *kind.split())
        self.run(
            *("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
        )
        self.run(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "root.pem", "-CAkey", "root.key"),
            *("-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", use),
            *("-days", days, "-out", f"{name}.pem"),
        )

    def answer(self, tsq: bytes, name: str = "rsa", digest: str = "sha256", ess: str = "") -> bytes:
        """Return the TimeStampResp to a request."""
        config = _CONFIG.format(digest=digest, ess=ess or "sha256")
        (self.folder / "reply.cnf").write_text(config)
        (self.folder / "asked.tsq").write_bytes(tsq)
        self.run(
            *("ts", "-reply", "-config", "reply.cnf", "-section", "one"),
            *("-queryfile", "asked.tsq", "-signer", f"{name}.pem", "-inkey", f"{name}.key"),
            *("-out", "answer.tsr"),
        )
        return (self.folder / "answer.tsr").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return made_in(tmp_path_factory.mktemp("tsa"))


def made_in(folder: Path) -> Authority:
    """Make an authority with a root and two signers."""
    made = Authority(folder)
    (made.folder / "tsa.cnf").write_text(_CONFIG.format(digest="sha256", ess="sha256"))
    (made.folder / "serial").write_text("01\n")
    made.run("genpkey", "-out", "root.key", "-algorithm", "ED25519")
    made.run(
        *("req", "-new", "-x509", "-key", "root.key", "-subj", "/CN=Root", "-days", "30"),
        *("-config", "tsa.cnf", "-extensions", "authority", "-out", "root.pem"),
    )
    made.certify("rsa", kind="RSA -pkeyopt rsa_keygen_bits:2048", days="20")
    made.certify("ec", kind="EC -pkeyopt ec_paramgen_curve:P-256", days="20")
    return made


def take(archive: Archive, expert: Actor, answer: bytes, ca: Path | None = None) -> tuple[str, str]:
    found = archive.timestamps.take(expert, answer, ca=ca)
    return found.checked, found.path


@pytest.mark.parametrize(
    "how", [("rsa", "sha256", "sha256"), ("rsa", "sha512", "sha1"), ("ec", "sha384", "sha256")]
)
def test_a_real_timestamp_is_taken_in_kept_and_checked_by_the_openssl_program(
    archive: Archive, expert: Actor, authority: Authority, how: tuple[str, str, str]
) -> None:
    name, digest, ess = how
    asked = archive.timestamps.request(expert)
    answer = authority.answer(asked.tsq, name, digest, ess)
    checked, path = take(archive, expert, answer, authority.folder / "root.pem")
    assert checked == "chain"
    kept = archive.folder / path
    assert kept.read_bytes() == answer
    note = archive.folder / "log" / f"checkpoint-{asked.size:012d}.txt"
    done = subprocess.run(
        [
            *("openssl", "ts", "-verify", "-in", str(kept), "-data", str(note)),
            *("-CAfile", str(authority.folder / "root.pem")),
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert archive.verify.run().problems == ()
    anchor = archive.anchors.last(expert).anchor
    assert anchor is not None
    assert (anchor.kind, anchor.size) == ("timestamp", asked.size)
    entry = [one for one in archive._journal.entries() if one.act == "timestamp.take"][-1]
    data = chain.read(entry)["data"]
    assert (data["size"], data["checked"]) == (asked.size, "chain")
    assert name in data["authority"]


def test_the_request_is_one_that_openssl_reads(archive: Archive, expert: Actor) -> None:
    asked = tsp.TimeStampReq.load(archive.timestamps.request(expert).tsq, strict=True).native
    note = archive.log.newest_checkpoint(expert)
    assert note is not None
    assert asked["message_imprint"]["hashed_message"] == timestamp.imprint_of(note.note.encode())
    assert asked["message_imprint"]["hash_algorithm"]["algorithm"] == "sha256"
    assert asked["cert_req"] is True
    assert asked["nonce"] >= 0
    other = tsp.TimeStampReq.load(archive.timestamps.request(expert).tsq).native
    assert other["nonce"] != asked["nonce"]


def test_without_a_trusted_authority_the_chain_is_said_to_be_unverified(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    assert take(archive, expert, answer)[0] == "signature"


def test_without_the_openssl_program_the_chain_is_said_to_be_unverified(
    archive: Archive, expert: Actor, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert take(archive, expert, answer, authority.folder / "root.pem")[0] == "signature"


def test_an_authority_nobody_named_is_not_believed(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    with pytest.raises(IntegrityError, match="does not lead up"):
        take(archive, expert, answer, authority.folder / "rsa.pem")
    with pytest.raises(InputError, match="PEM"):
        take(archive, expert, answer, authority.folder / "none.pem")
    wrong = authority.folder / "notes.txt"
    wrong.write_text("the authority's telephone number")
    with pytest.raises(InputError, match="no certificate"):
        take(archive, expert, answer, wrong)


def test_junk_is_called_no_answer_without_a_gap_in_the_sentence(
    archive: Archive, expert: Actor
) -> None:
    for junk in (b"", b"junk", b"\x30\x03abc", b"anVuaw=="):
        with pytest.raises(InputError) as refused:
            archive.timestamps.take(expert, junk)
        for language in Language:
            assert ":" not in refused.value.sentence(language)


def pem(answer: bytes) -> bytes:
    body = base64.encodebytes(answer)
    return (
        b"From: tsa\n\n-----BEGIN TIMESTAMP RESPONSE-----\n"
        + body
        + (b"-----END TIMESTAMP RESPONSE-----\n")
    )


@pytest.mark.parametrize("wrap", [pem, base64.b64encode, base64.encodebytes])
def test_an_answer_that_was_wrapped_for_mail_is_unwrapped(
    archive: Archive, expert: Actor, authority: Authority, wrap: object
) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    assert callable(wrap)
    _, path = take(archive, expert, wrap(answer))
    assert (archive.folder / path).read_bytes() == answer


def refusal(archive: Archive, expert: Actor, answer: bytes) -> str:
    """Return why an answer is not taken; nothing is kept, and the log says that it failed."""
    with pytest.raises(VirtopsyError) as refused:
        take(archive, expert, answer)
    last = archive._journal.entries()[-1]
    assert (last.act, last.out) == ("timestamp.take", "fail")
    assert not list((archive.folder / "log").glob("*.tsr"))
    return refused.value.key.rpartition(".")[2]


def test_a_timestamp_of_something_else_is_refused(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    archive.timestamps.request(expert)
    other = authority.answer(timestamp.request(b"\5" * 32, 5))
    assert refusal(archive, expert, other) == "imprint"


def test_a_timestamp_for_another_request_over_the_same_log_is_refused(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    asked = tsp.TimeStampReq.load(archive.timestamps.request(expert).tsq).native
    imprint = asked["message_imprint"]["hashed_message"]
    assert refusal(archive, expert, authority.answer(timestamp.request(imprint, 5))) == "nonce"


def test_a_token_whose_statement_was_swapped_is_refused(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    """The statement that was asked for, in the signature over another one."""
    asked = archive.timestamps.request(expert).tsq
    good = tsp.TimeStampResp.load(authority.answer(asked))
    other = tsp.TimeStampResp.load(authority.answer(timestamp.request(b"\5" * 32, 5)))
    inside = good["time_stamp_token"]["content"]["encap_content_info"]
    other["time_stamp_token"]["content"]["encap_content_info"] = inside
    assert refusal(archive, expert, other.dump(force=True)) == "signature"


def test_one_changed_bit_of_the_signature_is_refused(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    answer = bytearray(authority.answer(archive.timestamps.request(expert).tsq))
    answer[-5] ^= 1
    assert refusal(archive, expert, bytes(answer)) == "signature"


def test_a_certificate_that_the_signature_is_not_bound_to_is_refused(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    """The same key in a certificate of another name: ESSCertID tells the two apart."""
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    authority.run("req", "-new", "-key", "rsa.key", "-subj", "/CN=rsa", "-out", "twin.csr")
    authority.run(
        *("x509", "-req", "-in", "twin.csr", "-CA", "root.pem", "-CAkey", "root.key"),
        *("-extfile", "tsa.cnf", "-extensions", "stamps", "-days", "9", "-out", "twin.pem"),
        *("-set_serial", str(serial_of(answer))),
    )
    twin = (authority.folder / "twin.pem").read_bytes()
    der = base64.b64decode(b"".join(twin.split(b"-----")[2].split()))
    found = tsp.TimeStampResp.load(answer)
    found["time_stamp_token"]["content"]["certificates"] = [
        cms.CertificateChoices("certificate", cms.Certificate.load(der))
    ]
    assert refusal(archive, expert, found.dump(force=True)) == "certificate"


def serial_of(answer: bytes) -> int:
    signed = tsp.TimeStampResp.load(answer)["time_stamp_token"]["content"]
    found: int = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    return found


def test_an_answer_without_the_certificate_is_refused(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    asked = tsp.TimeStampReq.load(archive.timestamps.request(expert).tsq)
    asked["cert_req"] = False
    assert refusal(archive, expert, authority.answer(asked.dump(force=True))) == "certificate"


def test_a_certificate_that_was_not_valid_then_is_refused(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    stamp = timestamp.read(timestamp.unwrapped(answer))
    for year in (2001, 2101):
        moved = timestamp.Stamp(
            datetime(year, 1, 1, tzinfo=UTC),
            *(stamp.imprint, stamp.nonce, stamp.authority, stamp.signed, stamp.stated),
        )
        with pytest.raises(Refused) as refused:
            timestamp_signature.check(moved)
        assert refused.value.code == "expired"


def test_a_real_expired_certificate_is_refused(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    expire(authority.folder, "rsa", "gone")
    answer = authority.answer(archive.timestamps.request(expert).tsq, "gone")
    assert refusal(archive, expert, answer) == "expired"


def expire(folder: Path, name: str, expired: str) -> None:
    """Write a certificate like another one that ended last year, with the same key."""
    kept = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
    root = serialization.load_pem_private_key((folder / "root.key").read_bytes(), None)
    assert isinstance(root, Ed25519PrivateKey)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    made = (
        x509.CertificateBuilder()
        .subject_name(kept.subject)
        .issuer_name(kept.issuer)
        .public_key(kept.public_key())
        .serial_number(77)
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2025, 1, 1, tzinfo=UTC))
        .add_extension(usage, critical=True)
        .sign(root, None)
    )
    (folder / f"{expired}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    shutil.copy(folder / f"{name}.key", folder / f"{expired}.key")


def test_a_certificate_for_mail_is_no_authority_s(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    """openssl itself refuses to sign with one, so the purpose is changed in the token."""
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    stamps, mail = bytes.fromhex("2b06010505070308"), bytes.fromhex("2b06010505070304")
    assert answer.count(stamps) == 1
    stamp = timestamp.read(answer.replace(stamps, mail))
    with pytest.raises(Refused) as refused:
        timestamp_signature._refuse_purpose(timestamp.signer_certificate(stamp.signed), stamp)
    assert refused.value.code == "purpose"


def test_a_refusal_is_told_in_the_authority_s_words(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    asked = tsp.TimeStampReq.load(archive.timestamps.request(expert).tsq)
    asked["req_policy"] = "1.2.3.9.9"
    answer = authority.answer(asked.dump(force=True))
    with pytest.raises(InputError, match=r"refused: .*policy"):
        take(archive, expert, answer)


def gost(answer: bytes) -> bytes:
    """The answer as if it were signed with the algorithms of GOST R 34.10/34.11-2012."""
    found = tsp.TimeStampResp.load(answer)
    signer = found["time_stamp_token"]["content"]["signer_infos"][0]
    signer["digest_algorithm"] = {"algorithm": "1.2.643.7.1.1.2.2"}
    signer["signature_algorithm"] = {"algorithm": "1.2.643.7.1.1.3.2"}
    made: bytes = found.dump(force=True)
    return made


def test_a_gost_signature_is_kept_as_it_came_and_never_called_valid(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    answer = gost(authority.answer(archive.timestamps.request(expert).tsq))
    checked, path = take(archive, expert, answer, authority.folder / "root.pem")
    assert checked == "not_verified_here"
    assert (archive.folder / path).read_bytes() == answer
    assert archive.verify.run().problems == ()
    with pytest.raises(IntegrityError):
        archive.timestamps.take(expert, gost(authority.answer(timestamp.request(b"\5" * 32, 5))))


def test_a_timestamp_is_taken_once(archive: Archive, expert: Actor, authority: Authority) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    take(archive, expert, answer)
    with pytest.raises(InputError, match="already"):
        take(archive, expert, answer)


def test_a_kept_timestamp_that_was_changed_or_stands_beside_another_log_is_a_fault(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    kept = archive.folder / take(archive, expert, answer)[1]
    kept.chmod(0o644)
    kept.write_bytes(answer[:-1] + bytes([answer[-1] ^ 1]))
    (problem,) = archive.verify.run().problems
    assert (problem.code, problem.path) == ("timestamp_mismatch", f"log/{kept.name}")
    kept.write_bytes(answer)
    assert archive.verify.run().ok
    kept.rename(kept.with_name(kept.name.replace("timestamp-0000", "timestamp-0001")))
    found = {one.code for one in archive.verify.run().problems}
    assert found == {"timestamp_uncovered", "timestamp_missing"}


def test_a_timestamp_that_was_taken_and_is_gone_is_missed(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    path = take(archive, expert, answer)[1]
    with pytest.raises(IntegrityError):
        archive.timestamps.take(expert, authority.answer(timestamp.request(b"\5" * 32, 5)))
    assert archive.verify.run().ok  # what was refused is not missed
    (archive.folder / path).unlink()
    (problem,) = archive.verify.run().problems
    assert (problem.code, problem.path) == ("timestamp_missing", path)


def test_a_timestamp_whose_checkpoint_is_gone_is_not_called_changed(
    archive: Archive, expert: Actor, authority: Authority
) -> None:
    answer = authority.answer(archive.timestamps.request(expert).tsq)
    path = take(archive, expert, answer)[1]
    size = path.split("-")[1]
    (archive.folder / "log" / f"checkpoint-{size}.txt").unlink()
    archive.log.checkpoint(expert)  # another one stands there
    (problem,) = archive.verify.run().problems
    assert (problem.code, problem.path) == ("timestamp_uncovered", path)


@pytest.fixture(scope="module")
def answered(authority: Authority) -> bytes:
    return authority.answer(timestamp.request(b"\5" * 32, 5))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=some.data())
def test_no_damage_to_an_answer_is_taken_for_a_timestamp_or_raises_anything_else(
    answered: bytes, data: some.DataObject
) -> None:
    place = data.draw(some.integers(0, len(answered) - 1))
    kind = data.draw(some.sampled_from(["bit", "cut", "double", "zero"]))
    spoilt = {
        "bit": lambda: answered[:place] + bytes([answered[place] ^ 0x41]) + answered[place + 1 :],
        "cut": lambda: answered[:place],
        "double": lambda: answered[:place] + answered[place:] * 2,
        "zero": lambda: answered[:place] + bytes(8) + answered[place + 8 :],
    }[kind]()
    if spoilt == answered:
        return
    try:
        stamp = timestamp.read(timestamp.unwrapped(spoilt))
        if timestamp_signature.is_checkable(stamp):
            timestamp_signature.check(stamp)
    except Refused:
        return
    # What is neither statement nor signature may differ (words of the status, say).
    assert (stamp.imprint, stamp.nonce) == (b"\5" * 32, 5)


@given(content=some.binary(max_size=300))
def test_rubbish_is_no_answer(content: bytes) -> None:
    with pytest.raises(Refused):
        timestamp.read(timestamp.unwrapped(content))
