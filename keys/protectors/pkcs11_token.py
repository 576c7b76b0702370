"""A PKCS#11 token locks the identity: AES-GCM inside the token. docs/format/identity.md, section Protector pkcs11.

The AES key is made in the token and never leaves it. The context, the identity's public string, is authenticated with
what is locked. [A line moved into another identity's file would open there.] RFC 3394 key wrap binds nothing.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, exceptions
from pkcs11.mechanisms import GCMParams

from keys.errors import CannotUnlock, WrongPassphrase
from keys.protectors.interface import FILE_KEY_SIZE, Arguments
from vault.evidence.strict import base64_bytes, base64_text, hex_bytes, refuse

NAME = "pkcs11"
ID_SIZE = 16  # bytes of the key's CKA_ID
_NONCE_SIZE = 12
_TAG_SIZE = 16
_LABEL = "disclosure-vault identity"


class Pkcs11(NamedTuple):
    """Locks and unlocks by a token, found through the driver at `module`; `ask` gives its PIN, once, when needed.

    `token` is the label of the token that a new lock is made on. `context` is the public string of the identity.
    """

    module: str
    ask: Callable[[str], str]
    context: bytes
    token: str = ""
    random: Callable[[int], bytes] = os.urandom

    @property
    def name(self) -> str:
        """`pkcs11`."""
        return NAME

    def lock(self, file_key: bytes) -> Arguments:
        """`<serial> <key id> <nonce and box>`, by a new AES key of the token."""
        if not self.token:
            raise CannotUnlock("no token is named", "name it by its label: --token LABEL")
        with _told(self.token):
            found = self._one({"token_label": self.token})
            key_id, nonce = self.random(ID_SIZE), self.random(_NONCE_SIZE)
            with self._session(found, rw=True) as session:
                key = session.generate_key(KeyType.AES, 256, id=key_id, label=_LABEL, store=True, template=_SECRET)
                box = key.encrypt(file_key, mechanism=Mechanism.AES_GCM, mechanism_param=self._params(nonce))
        return found.serial.decode("ascii", "replace").strip(), key_id.hex(), base64_text(nonce + bytes(box))

    def unlock(self, locks: Sequence[Arguments], where: str) -> bytes:
        """The file key. Raises `WrongPassphrase` for a wrong PIN, `CannotUnlock` where token or key is not there."""
        known = [_parse(arguments, where) for arguments in locks]
        missing: CannotUnlock | None = None
        for serial, key_id, nonce, box in known:
            with _told(serial):
                try:
                    return self._open(serial, key_id, nonce, box, where)
                except WrongPassphrase:
                    raise
                except CannotUnlock as exc:
                    missing = exc
        raise missing or CannotUnlock(f"{where}: no token opens it")

    def _open(self, serial: str, key_id: bytes, nonce: bytes, box: bytes, where: str) -> bytes:
        token = self._one({"token_serial": serial.encode()})
        with self._session(token) as session:
            try:
                key = session.get_key(object_class=ObjectClass.SECRET_KEY, id=key_id)
            except exceptions.NoSuchKey as exc:
                hint = "use another protector of this identity, or a backup of the token"
                raise CannotUnlock(f"token {serial} has lost the key that locks {where}", hint) from exc
            try:
                found = key.decrypt(box, mechanism=Mechanism.AES_GCM, mechanism_param=self._params(nonce))
            except exceptions.PKCS11Error as exc:
                hint = "this file was damaged, or put together from two"
                raise CannotUnlock(f"token {serial} does not open {where}", hint) from exc
        return bytes(found)

    def _params(self, nonce: bytes) -> GCMParams:
        return GCMParams(nonce, self.context, 8 * _TAG_SIZE)

    def _one(self, wanted: dict[str, Any]) -> Any:
        said = next(iter(wanted.values()))
        shown = said.decode("ascii", "replace") if isinstance(said, bytes) else said
        try:
            return pkcs11.lib(self.module).get_token(**wanted)
        except exceptions.NoSuchToken as exc:
            raise CannotUnlock(f"token {shown} is not there", "plug it in, then repeat") from exc
        except exceptions.MultipleTokensReturned as exc:
            raise CannotUnlock(f"several tokens are called {shown}", "take all but one out") from exc

    @contextmanager
    def _session(self, token: Any, *, rw: bool = False) -> Iterator[Any]:
        with token.open(rw=rw, user_pin=self.ask(f"PIN of token {token.label}")) as session:
            yield session


_SECRET = {Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True, Attribute.TOKEN: True, Attribute.PRIVATE: True}


@contextmanager
def _told(token: str) -> Iterator[None]:
    """What a token or its driver refuses, as a sentence; a PIN that is wrong can be asked for again."""
    try:
        yield
    except exceptions.PinIncorrect as exc:
        raise WrongPassphrase(f"token {token}: wrong PIN", "a token locks itself after a few wrong ones") from exc
    except exceptions.PinLocked as exc:
        hint = "its security officer unlocks it; another protector of this identity opens it meanwhile"
        raise CannotUnlock(f"token {token} has locked itself after wrong PINs", hint) from exc
    except (exceptions.PinLenRange, exceptions.PinInvalid) as exc:
        raise WrongPassphrase(f"token {token}: no PIN of it looks like this") from exc
    except exceptions.PKCS11Error as exc:
        hint = "plug it in, and see that pkcs11_module in config.toml names its driver"
        raise CannotUnlock(f"token {token}: {type(exc).__name__}", hint) from exc


def _parse(arguments: Arguments, where: str) -> tuple[str, bytes, bytes, bytes]:
    if len(arguments) != 3:
        refuse(where, "protector pkcs11 <serial> <key id> <box>", f"{len(arguments)} arguments")
    serial, key_id, box = arguments
    sealed = base64_bytes(box, where, size=_NONCE_SIZE + FILE_KEY_SIZE + _TAG_SIZE)
    return serial, hex_bytes(key_id, where, size=ID_SIZE), sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:]
