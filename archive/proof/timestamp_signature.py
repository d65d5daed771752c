"""Whether a timestamp's own signature is genuine: RFC 3161 (2.3, 2.4.2), RFC 5652 and RFC 5035.

What is checked here is the token by the certificate that lies in it. Whether that certificate is
to be believed, a chain up to a known authority tells (`archive.storage.openssl`) or nobody here.
Algorithms that the library does not know, such as GOST, are never called valid: the answer is
"not verified here".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from archive.proof.timestamp import Refused, Stamp, signer_certificate

_HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""SHA-1 is not among them: a signature over it can be forged."""
_BINDING = {"sha1", "sha256", "sha384", "sha512"}
"""Of a certificate in ESSCertID, where no collision helps: the certificate is signed itself."""
_KNOWN = {"rsassa_pkcs1v15", "rsassa_pss", "ecdsa", "ed25519"}
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


def is_checkable(stamp: Stamp) -> bool:
    """Tell whether the token's algorithms are known here."""
    try:
        signer = stamp.signed["signer_infos"][0]
        digest = signer["digest_algorithm"]["algorithm"].native
        return digest in _HASHES and signer["signature_algorithm"].signature_algo in _KNOWN
    except _UNREADABLE:
        return False


def check(stamp: Stamp) -> None:
    """Check the token's signature by the certificate that lies in it.

    Raises:
        Refused: "certificate" (none, or another one than the signature is bound to), "purpose"
            (not for timestamps alone), "expired" (at the time stated), or "signature".
    """
    try:
        _check(stamp)
    except Refused:
        raise
    except (*_UNREADABLE, UnsupportedAlgorithm) as error:
        raise Refused("malformed", str(error)) from error


def _check(stamp: Stamp) -> None:
    signer = stamp.signed["signer_infos"][0]
    certificate = signer_certificate(stamp.signed)
    if certificate is None:
        raise Refused("certificate")
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    digest = signer["digest_algorithm"]["algorithm"].native
    if attributes["content_type"][0].native != "tst_info":
        raise Refused("signature")
    if attributes["message_digest"][0].native != hashlib.new(digest, stamp.stated).digest():
        raise Refused("signature")
    if not _bound(attributes, certificate):
        raise Refused("certificate")
    _refuse_purpose(certificate, stamp)
    # The attributes are signed as a SET, while they stand there under a tag of their own.
    signed = signer["signed_attrs"].untag().dump()
    if not _genuine(certificate, signer, digest, signed):
        raise Refused("signature")


def _bound(attributes: dict[str, Any], certificate: Any) -> bool:
    """Tell whether the signature names this very certificate (ESSCertID, RFC 5035)."""
    der = certificate.dump()
    if "signing_certificate_v2" in attributes:
        named = attributes["signing_certificate_v2"][0]["certs"][0]
        algorithm = named["hash_algorithm"]["algorithm"].native
    elif "signing_certificate" in attributes:
        named, algorithm = attributes["signing_certificate"][0]["certs"][0], "sha1"
    else:
        return False
    if algorithm not in _BINDING:
        return False
    digest = hashlib.new(algorithm, der, usedforsecurity=algorithm != "sha1").digest()
    return bool(named["cert_hash"].native == digest)


def _refuse_purpose(certificate: Any, stamp: Stamp) -> None:
    usage = certificate.extended_key_usage_value
    if usage is None or usage.native != ["time_stamping"]:
        raise Refused("purpose")
    if "extended_key_usage" not in certificate.critical_extensions:
        raise Refused("purpose")
    if not certificate.not_valid_before <= stamp.time <= certificate.not_valid_after:
        raise Refused("expired")


def _genuine(certificate: Any, signer: Any, digest: str, signed: bytes) -> bool:
    key = x509.load_der_x509_certificate(certificate.dump()).public_key()
    algorithm, signature = signer["signature_algorithm"], signer["signature"].native
    kind = algorithm.signature_algo
    try:
        if kind == "rsassa_pkcs1v15" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), _hash(algorithm, digest))
        elif kind == "rsassa_pss" and isinstance(key, rsa.RSAPublicKey):
            made = _HASHES[algorithm.hash_algo]()
            mask = padding.PSS(padding.MGF1(made), algorithm["parameters"]["salt_length"].native)
            key.verify(signature, signed, mask, made)
        elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(_hash(algorithm, digest)))
        elif kind == "ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _hash(algorithm: Any, digest: str) -> hashes.HashAlgorithm:
    """Return the hash that a signature names, else that of the signer (plain rsaEncryption)."""
    try:
        named = algorithm.hash_algo
    except ValueError:
        named = digest
    return _HASHES[named]()
