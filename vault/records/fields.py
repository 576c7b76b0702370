"""The one table of record fields. Options, prompts, validation, terms and docs/fields.md derive from it.

`law` names the duty a field comes from: HIPAA 45 CFR 164.528(b), ITAR 22 CFR 120.15(e) and 122.5, EU 2021/821, GDPR
art. 30(1), the US rules of evidence (FRE), trade secret law (DTSA 18 USC 1839(3); EU 2016/943 art. 2) and the forms
that chains of custody are kept on (CoC).
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from vault.evidence.record import Value
from vault.records.words import (
    CATEGORIES,
    DEGREES,
    DESIGNATIONS,
    MATTER_SORTS,
    METHODS,
    PARTY_ROLES,
    RELATIONS,
    SCOPES,
    SUBJECT_SORTS,
    TIME_BASES,
)


class Type(Enum):
    """How a value is checked and shown."""

    TEXT = "text"
    NAME = "file name"  # kept to the last space
    NUMBER = "number"
    FLAG = "yes"
    TIME = "day or time"
    DATE = "day"
    WORD = "word"  # one of the choices, or another word of lower-case letters, digits, hyphens
    CHOICE = "choice"  # one of the choices, nothing else
    COUNTRY = "country"  # two letters, ISO 3166
    REGISTER = "SCHEME:VALUE"
    HASH = "sha-256"


class Field(NamedTuple):
    """One field of one kind of record.

    `name` is the record line's name, `*` standing for a number from 1. `option` is its command line name, empty if
    people don't type it. What is `required` is asked for, and recorded as `not stated` where nobody states it; what is
    `main` must be stated. `default`: vault.toml may state it. `term` says what its value is filed under.
    """

    name: str
    type: Type
    help: str
    option: str = ""
    required: bool = False
    default: bool = False
    main: bool = False
    choices: tuple[str, ...] = ()
    term: str = ""
    law: str = ""

    @property
    def key(self) -> str:
        """The option as an identifier, as click and TOML files spell it: `legal_basis`."""
        return self.option.replace("-", "_")

    @property
    def many(self) -> bool:
        """Whether it may be given several times."""
        return self.name.endswith(".*")

    def values(self, values: Mapping[str, Value]) -> Iterator[Value]:
        """Its values in a record's values by line name, in their order."""
        if not self.many:
            yield from (values[name] for name in (self.name,) if name in values)
            return
        number = 1
        while (value := values.get(self.name.replace("*", str(number)))) is not None:
            yield value
            number += 1


CLOCK = Field("clock-reason", Type.TEXT, "why this machine's clock is behind the last entry", "clock-reason")
_NOTE = Field("note", Type.TEXT, "anything else worth knowing", "note")
_COUNTRY = Field(
    "country", Type.COUNTRY, "country, two letters", "country", required=True,
    law="GDPR 30(1)(e)",
)  # fmt: skip
REGISTER = Field(
    "register.*", Type.REGISTER, "number in a public register (lei, uscc, vat, duns, ...)", "id", term="register",
)  # fmt: skip
ALIAS = Field("alias.*", Type.TEXT, "another name it is known by", "alias", term="name")

DISCLOSURE = (
    Field(
        "discloser.entity", Type.TEXT, "legal entity that discloses", "discloser", required=True, default=True,
        law="EU 27(1)(c), GDPR 30(1)(a), CoC",
    ),
    Field(
        "discloser.person", Type.TEXT, "natural person responsible", "person", required=True, default=True,
        law="ITAR 120.15(e), CoC",
    ),
    Field(
        "purpose", Type.TEXT, "why it is disclosed", "purpose", required=True, default=True,
        law="HIPAA (b)(2)(iv), GDPR 30(1)(b)",
    ),
    Field(
        "legal-basis", Type.TEXT, "contract, licence condition, statute, consent, ...", "basis",
        required=True, default=True, law="HIPAA (b)(2)(iv)",
    ),
    Field(
        "method", Type.WORD, "how it goes out", "method", required=True, default=True, choices=METHODS,
        law="ITAR 120.15(e)",
    ),
    Field(
        "designation", Type.CHOICE, "how secret it is to us", "designation",
        required=True, default=True, choices=DESIGNATIONS, law="DTSA, EU 2016/943",
    ),
    Field(
        "marking", Type.TEXT, "confidentiality marking seen in the documents", "marking", default=True,
        law="DTSA, EU 2016/943",
    ),
    Field("confidentiality-claim", Type.TEXT, "confidentiality claimed at hand-over", "claim", default=True),
    Field(
        "category.*", Type.WORD, "kind of data", "category", choices=CATEGORIES, term="class",
        law="HIPAA (b)(2)(iii), GDPR 30(1)(c)",
    ),
    Field("nda", Type.TEXT, "reference of the non-disclosure agreement", "nda", default=True, law="DTSA"),
    Field("nda-confirm-by", Type.DATE, "deadline for the written confirmation that the NDA asks for", "nda-confirm-by"),
    Field(
        "export-classification", Type.TEXT, "control list number, or none", "export-classification", default=True,
        law="EU 2(2)(d)",
    ),
    Field(
        "retention", Type.TEXT, "retention rule", "retention", default=True,
        law="GDPR 30(1)(f), EU 27(3), ITAR 122.5",
    ),
    Field("inspection.findings", Type.TEXT, "what an inspection of the documents found", "findings"),
    Field("inspection.override-by", Type.TEXT, "who let it go out all the same", "override-by"),
    Field("inspection.override-reason", Type.TEXT, "why it went out all the same", "override-reason"),
    _NOTE,
    CLOCK,
    Field("event-time", Type.TIME, "when it went out", "at", law="HIPAA (b)(2)(i), ITAR 120.15(e), CoC"),
    Field(
        "event-time-basis", Type.CHOICE, "how the time is known", "time-basis", choices=TIME_BASES, law="FRE 803(6)",
    ),
    Field("late-reason", Type.TEXT, "why it is logged late", "late-reason", law="FRE 803(6)"),
    Field("reference", Type.TEXT, "Message-ID, tracking number, portal receipt", "reference", law="CoC"),
)  # fmt: skip

ITEM = (
    Field("name", Type.NAME, "file name", law="CoC"),
    Field("name-bytes", Type.TEXT, "file name that is not UTF-8, in base64"),
    Field("media-type", Type.TEXT, "media type"),
    Field("size", Type.NUMBER, "size in bytes"),
    Field("sha256", Type.HASH, "SHA-256 of the content", term="document", law="FRE 902(14)"),
    Field("payload-size", Type.NUMBER, "size of the sealed payload in bytes"),
    Field("payload-sha256", Type.HASH, "SHA-256 of the sealed payload"),
    Field("language", Type.TEXT, "language of the document", "language"),
    Field("document-number", Type.TEXT, "document number", "document-number", law="CoC"),
    Field("revision", Type.TEXT, "revision of the document", "revision"),
    Field("pages", Type.NUMBER, "number of pages", "pages"),
    Field("derived-from", Type.HASH, "SHA-256 of the document it was made from", "derived-from"),
    Field("derivation", Type.TEXT, "redaction, translation, excerpt, ...: what was withheld, and why", "derivation"),
    Field(
        "narrative", Type.TEXT, "what was said or shown, where no file went out", "narrative",
        law="EU 2(2)(d), HIPAA (b)(2)(iii)",
    ),
    Field("present", Type.TEXT, "who was present", "present"),
)  # fmt: skip

PARTY = (
    Field(
        "name", Type.TEXT, "legal name", "name", main=True, term="name",
        law="HIPAA (b)(2)(ii), ITAR 120.15(e), EU 27(1)(c), CoC",
    ),
    Field(
        "role", Type.WORD, "what it is to us", "role", required=True, choices=PARTY_ROLES, law="GDPR 30(1)(d)",
    ),
    _COUNTRY,
    Field(
        "address", Type.TEXT, "address", "address", law="HIPAA (b)(2)(ii), ITAR 120.15(e), EU 27(1)(c)",
    ),
    Field("contact", Type.TEXT, "contact person", "contact", law="ITAR 120.15(e)"),
    REGISTER,
    ALIAS,
    Field("nda", Type.TEXT, "reference of the non-disclosure agreement", "nda", law="DTSA"),
    _NOTE,
    CLOCK,
)  # fmt: skip

SUBJECT = (
    Field("name", Type.TEXT, "customer, person or trade secret", "name", main=True, term="name", law="GDPR 30(1)(c)"),
    Field("sort", Type.CHOICE, "what it is", "sort", choices=SUBJECT_SORTS),
    Field("country", Type.COUNTRY, "country, two letters", "country"),
    REGISTER,
    ALIAS,
    _NOTE,
    CLOCK,
)

MATTER = (
    Field("title", Type.TEXT, "what it is about", "title", main=True),
    Field("authority", Type.TEXT, "authority, court or customer in charge", "authority", required=True),
    Field("number", Type.TEXT, "official number", "number", term="matter"),
    Field("sort", Type.WORD, "what it is", "sort", choices=MATTER_SORTS),
    Field("attempt", Type.NUMBER, "which attempt it is", "attempt"),
    Field("contract", Type.TEXT, "contract or purchase order", "contract"),
    Field("hs-code", Type.TEXT, "customs tariff number", "hs-code", law="EU 27(1)(a)"),
    Field("control-code", Type.TEXT, "export control number", "control-code", law="EU 27(1)(a)"),
    Field("shipment", Type.TEXT, "shipment number", "shipment"),
    _NOTE,
    CLOCK,
)

REQUEST = (
    Field("text", Type.TEXT, "the request in its own words", "text", main=True, law="HIPAA (b)(2)(iv)"),
    Field("from", Type.TEXT, "who asked", "from", required=True),
    Field("received", Type.TIME, "when it was received", "received", required=True),
    Field("channel", Type.WORD, "how it came", "channel", choices=METHODS),
    Field("cited-rule", Type.TEXT, "the rule it cites", "rule"),
    Field(
        "scope", Type.CHOICE, "against the published guideline", "scope", required=True, choices=SCOPES,
    ),
    Field("assessor", Type.TEXT, "who judged the scope", "assessor"),
    Field("deadline", Type.DATE, "day by which an answer is due", "deadline"),
    _NOTE,
    CLOCK,
)  # fmt: skip

CORRECTION = (
    Field("corrects", Type.NUMBER, "entry that is corrected", main=True, law="ITAR 122.5"),
    Field("corrects-item", Type.NUMBER, "item of it that is corrected"),
    Field("reason", Type.TEXT, "why", "reason", main=True, law="ITAR 122.5"),
    Field("void", Type.FLAG, "it was not disclosed, or not so", "void"),
    CLOCK,
)

REPORT = (
    Field(
        "tagmanifest-sha256",
        Type.HASH,
        "SHA-256 of its tag manifest, which answers for every file in it",
        main=True,
    ),
    Field("for", Type.TEXT, "to whom it is given", "for", required=True, law="GDPR 30(1)(d)"),
    Field("purpose", Type.TEXT, "what it is given for", "purpose", required=True, law="GDPR 30(1)(b)"),
    Field("query.*", Type.TEXT, "what was asked, in words"),
    Field("checkpoint", Type.NUMBER, "entries under the checkpoint that it stands on"),
    Field("transmittals", Type.TEXT, "numbers of the transmittals that it selects"),
    Field("withheld.*", Type.TEXT, "lines that it withholds, and why"),
    Field("documents", Type.NUMBER, "documents that go with it"),
    Field("ledger", Type.FLAG, "the whole ledger goes with it"),
    CLOCK,
)

RECIPIENT = (
    Field("relation", Type.CHOICE, "gets it from us, carries it there, or is expected to get it next",
          choices=RELATIONS, law="GDPR 30(1)(d)"),
    Field("id", Type.TEXT, "id of the party"),
)  # fmt: skip
EXPOSED = (
    Field("degree", Type.CHOICE, "how it is exposed", choices=DEGREES),
    Field("id", Type.TEXT, "id of the subject"),
)

TABLE = {
    "disclosure": DISCLOSURE,
    "item": ITEM,
    "party": PARTY,
    "subject": SUBJECT,
    "matter": MATTER,
    "request": REQUEST,
    "correction": CORRECTION,
    "report": REPORT,
}


def main_field(kind: str) -> Field:
    """The field that must be stated: the legal name, the title, the words of a request."""
    return next(known for known in TABLE[kind] if known.main)
