"""The one table of record fields. Options, prompts, validation, generated docs and report columns derive from it.

Sources of the fields: HIPAA 45 CFR 164.528(b), ITAR 22 CFR 122.5, EU 2021/821 art. 27, GDPR art. 30(1) and
chain-of-custody forms; which law asks for which is told in docs/fields.md.
"""

from dataclasses import dataclass
from enum import Enum

NOT_STATED = "not stated"


class Type(Enum):
    """How a value is checked and shown."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "yes/no"
    TIME = "date and time"
    DATE = "date"
    WORD = "word"  # one of the choices, or another word of lower-case letters, digits, hyphens
    CHOICE = "choice"  # one of the choices, nothing else
    COUNTRY = "country"  # two letters, ISO 3166
    REGISTER = "scheme:value"
    HASH = "sha-256"


class Group(Enum):
    """Where a line stands in the record: what is approved first, then approvals, then how and when it was sent."""

    APPROVED = 1
    TRANSMISSION = 3


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one kind of record.

    `name` is the record line's name, `*` standing for a number from 1. `required` is recorded as `not stated` where
    nobody states it. `default` may come from `[defaults]` of vault.toml. `option` is its command line name; empty if
    it isn't typed by a person. `many` may be given several times.
    """

    name: str
    type: Type
    help: str
    option: str = ""
    required: bool = False
    default: bool = False
    many: bool = False
    choices: tuple[str, ...] = ()
    group: Group = Group.APPROVED
    prompt: str = ""

    @property
    def key(self) -> str:
        """The option as an identifier, the name drafts and TOML files use: `legal-basis` is `legal_basis`."""
        return self.option.replace("-", "_")


PARTY_ROLES = (
    "supplier", "supplier-applicant", "authority", "local-authority", "consignee", "end-user", "customer", "counsel",
    "expert", "chamber", "embassy", "carrier", "other",
)  # fmt: skip
METHODS = ("email", "portal", "courier", "hand", "oral", "screen", "site-visit", "phone", "file-transfer", "other")
WITHOUT_FILE = ("oral", "screen", "site-visit", "phone")
DESIGNATIONS = ("public", "internal", "confidential", "trade-secret")
CATEGORIES = (
    "production-volume", "forecast", "process-flow", "equipment", "workforce", "facility-image", "product-design",
    "end-use", "end-user-identity", "customer-list", "order", "price", "supplier-relationship", "personal-data",
)  # fmt: skip
DEGREES = ("named", "inferable", "redacted")
TIME_BASES = ("observed", "stated", "estimated")
SCOPES = ("within", "beyond", "unclear")
OUTCOMES = ("pending", "put-aside", "rejected", "approved", "withdrawn", "not-applied")

_REGISTER_HELP = "a number in a public register, as SCHEME:VALUE (lei, uscc, vat, duns, ...)"

DISCLOSURE = (
    Field("discloser.entity", Type.TEXT, "legal entity that discloses", "discloser", required=True, default=True),
    Field("discloser.person", Type.TEXT, "natural person responsible", "person", required=True, default=True),
    Field("purpose", Type.TEXT, "why it is disclosed", "purpose", required=True, default=True, prompt="Purpose"),
    Field(
        "legal-basis", Type.TEXT, "contract, licence condition, statute, consent, ...", "basis",
        required=True, default=True, prompt="Legal basis",
    ),
    Field(
        "method", Type.WORD, "how it goes out", "method",
        required=True, default=True, choices=METHODS, prompt="Method",
    ),
    Field(
        "designation", Type.CHOICE, "how secret it is to us", "designation",
        required=True, default=True, choices=DESIGNATIONS, prompt="Designation",
    ),
    Field("marking", Type.TEXT, "the confidentiality marking the documents carry", "marking", default=True),
    Field("confidentiality-claim", Type.TEXT, "confidentiality claimed at hand-over", "claim", default=True),
    Field("category.*", Type.WORD, "kind of data", "category", many=True, choices=CATEGORIES),
    Field("nda", Type.TEXT, "reference of the non-disclosure agreement", "nda", default=True),
    Field("nda-confirm-by", Type.DATE, "deadline for the written confirmation the NDA asks for", "nda-confirm-by"),
    Field("export-classification", Type.TEXT, "control list number, or none", "export-classification"),
    Field("retention", Type.TEXT, "retention rule", "retention", default=True),
    Field("note", Type.TEXT, "anything else worth knowing", "note"),
    Field("event-time", Type.TIME, "when it went out", "at", group=Group.TRANSMISSION),
    Field(
        "event-time-basis", Type.CHOICE, "how the time is known", "time-basis",
        choices=TIME_BASES, group=Group.TRANSMISSION,
    ),
    Field("late-reason", Type.TEXT, "why it is logged late", "late-reason", group=Group.TRANSMISSION),
    Field(
        "clock-reason", Type.TEXT, "why this machine's clock is behind the last entry", "clock-reason",
        group=Group.TRANSMISSION,
    ),
    Field(
        "reference", Type.TEXT, "Message-ID, tracking number, portal receipt", "reference", group=Group.TRANSMISSION,
    ),
)  # fmt: skip

ITEM = (
    Field("name", Type.TEXT, "file name"),
    Field("name-bytes", Type.TEXT, "file name that is not UTF-8, in base64"),
    Field("media-type", Type.TEXT, "media type"),
    Field("size", Type.NUMBER, "size in bytes"),
    Field("sha256", Type.HASH, "SHA-256 of the content"),
    Field("payload-size", Type.NUMBER, "size of the sealed payload in bytes"),
    Field("payload-sha256", Type.HASH, "SHA-256 of the sealed payload"),
    Field("language", Type.TEXT, "language of the document", "language"),
    Field("document-number", Type.TEXT, "document number", "document-number"),
    Field("revision", Type.TEXT, "revision of the document", "revision"),
    Field("pages", Type.NUMBER, "number of pages", "pages"),
    Field("derived-from", Type.HASH, "SHA-256 of the document it was made from", "derived-from"),
    Field("derivation", Type.TEXT, "what was withheld or changed, and why", "derivation"),
    Field("narrative", Type.TEXT, "what was said or shown, where no file went out", "narrative"),
    Field("present", Type.TEXT, "who was present", "present"),
)

PARTY = (
    Field("name", Type.TEXT, "legal name", required=True),
    Field("role", Type.WORD, "what it is to us", "role", required=True, choices=PARTY_ROLES),
    Field("country", Type.COUNTRY, "country, two letters", "country", required=True),
    Field("address", Type.TEXT, "address", "address"),
    Field("contact", Type.TEXT, "contact person", "contact"),
    Field("register.*", Type.REGISTER, _REGISTER_HELP, "id", many=True),
    Field("alias.*", Type.TEXT, "another name it is known by", "alias", many=True),
    Field("nda", Type.TEXT, "reference of the non-disclosure agreement", "nda"),
    Field("note", Type.TEXT, "anything else worth knowing", "note"),
)

SUBJECT = (
    Field("name", Type.TEXT, "customer, person or trade secret", required=True),
    Field("sort", Type.CHOICE, "what it is", "sort", choices=("customer", "person", "trade-secret", "project")),
    Field("country", Type.COUNTRY, "country, two letters", "country"),
    Field("register.*", Type.REGISTER, _REGISTER_HELP, "id", many=True),
    Field("alias.*", Type.TEXT, "another name it is known by", "alias", many=True),
    Field("note", Type.TEXT, "anything else worth knowing", "note"),
)

MATTER = (
    Field("title", Type.TEXT, "what it is about", required=True),
    Field("authority", Type.TEXT, "authority, court or customer in charge", "authority", required=True),
    Field("number", Type.TEXT, "official number", "number"),
    Field("sort", Type.WORD, "what it is", "sort", choices=("licence", "tender", "audit", "lawsuit", "contract")),
    Field("attempt", Type.NUMBER, "which attempt it is", "attempt"),
    Field("contract", Type.TEXT, "contract or purchase order", "contract"),
    Field("hs-code", Type.TEXT, "customs tariff number", "hs-code"),
    Field("control-code", Type.TEXT, "export control number", "control-code"),
    Field("shipment", Type.TEXT, "shipment number", "shipment"),
    Field("note", Type.TEXT, "anything else worth knowing", "note"),
)

REQUEST = (
    Field("text", Type.TEXT, "the request in its own words", required=True),
    Field("from", Type.TEXT, "who asked", "from", required=True),
    Field("received", Type.TIME, "when it was received", "received", required=True),
    Field("channel", Type.WORD, "how it came", "channel", choices=METHODS),
    Field("cited-rule", Type.TEXT, "the rule it cites", "rule"),
    Field(
        "scope", Type.CHOICE, "against the published guideline", "scope", choices=SCOPES, required=True,
    ),
    Field("assessor", Type.TEXT, "who judged the scope", "assessor"),
    Field("deadline", Type.DATE, "answer due", "deadline"),
    Field("note", Type.TEXT, "anything else worth knowing", "note"),
)  # fmt: skip

CORRECTION = (
    Field("corrects", Type.NUMBER, "entry that is corrected", required=True),
    Field("reason", Type.TEXT, "why", "reason", required=True),
    Field("void", Type.FLAG, "it was not disclosed, or not so", "void"),
)

TABLE = {
    "disclosure": DISCLOSURE,
    "party": PARTY,
    "subject": SUBJECT,
    "matter": MATTER,
    "request": REQUEST,
    "correction": CORRECTION,
}


def field_of(kind: str, name: str) -> Field | None:
    """The field a record line's name belongs to: `category.2` is `category.*`."""
    pattern = ".".join("*" if part.isdigit() else part for part in name.split("."))
    return next((field for field in TABLE.get(kind, ()) if field.name == pattern), None)
