"""Terms: how facts are spelled, and spellings that are no term."""

from tests import vectors

ABOUT = (
    "Terms, docs/format/entry.md. Cases with `of` form a term from `given`: accept gives it as `term`. Cases without "
    "it are a `term` as it stands in a record. expect is accept or reject."
)

_FORMED = {
    "party": [
        (["party", "lei", "529900T8BM49AURSDO55"], "party:lei:529900T8BM49AURSDO55"),
        (["party", "LEI", "5299 00T8 BM49 aurs do55"], "party:lei:529900T8BM49AURSDO55"),
        (["party", "vat", "IT 03542400369"], "party:vat:IT03542400369"),
        (["party", "vat", "DE-123.456/789"], "party:vat:DE123456789"),
        (["party", "uscc", "９１３６０７００ＭＡ３５"], "party:uscc:91360700MA35"),
        (["party", "duns", "15\u00a0048\u20093782"], "party:duns:150483782"),
        (["party", "de-hrb-2", "Ⅻ"], "party:de-hrb-2:XII"),
        (["subject", "lei", "a1"], "subject:lei:A1"),
    ],
    "party-name": [
        (["party", "CN", "Ganzhou Magnet Co., Ltd."], "party-name:CN:ganzhou magnet co., ltd."),
        (["party", "cn", "  Ganzhou\t Magnet\u3000Co.,  Ltd. "], "party-name:CN:ganzhou magnet co., ltd."),
        (["party", "CN", "赣州磁材有限公司"], "party-name:CN:赣州磁材有限公司"),
        (["party", "CN", "ＧＡＮＺＨＯＵ"], "party-name:CN:ganzhou"),
        (["party", "DE", "Straße Maß & Söhne GmbH"], "party-name:DE:strasse mass & söhne gmbh"),
        (["party", "DE", "STRASSE MASS & SO\u0308HNE GMBH"], "party-name:DE:strasse mass & söhne gmbh"),
        (["party", "TR", "İstanbul"], "party-name:TR:i̇stanbul"),
        (["party", "GR", "ΣΊΣΥΦΟΣ"], "party-name:GR:σίσυφοσ"),
        (["party", "", "Project: Ferrite"], "party-name:-:project: ferrite"),
        (["party", "-", "ﬁne ²"], "party-name:-:fine 2"),
        (["party", "IR", "می\u200cخواهم"], "party-name:IR:می\u200cخواهم"),
        (["party", "LK", "ශ්\u200dරී"], "party-name:LK:ශ්\u200dරී"),
        (["subject", "IT", "B&C Speakers S.p.A."], "subject-name:IT:b&c speakers s.p.a."),
    ],
    "matter": [
        (["MOFCOM", "2026-117"], "matter:mofcom:2026-117"),
        (["Landgericht  München I", "7 O 4711/26: Az."], "matter:landgericht münchen i:7 o 4711/26: az."),
    ],
    "document": [(["00" * 31 + "ff"], "document:" + "00" * 31 + "ff")],
    "class": [(["process-flow"], "class:process-flow"), (["a2"], "class:a2")],
    "entry": [(["0"], "entry:0"), (["9223372036854775807"], "entry:9223372036854775807")],
}
_REFUSED = {
    "party": [
        (["party", "", "1"], "a scheme"),
        (["party", "2lei", "1"], "a scheme begins with a letter"),
        (["party", "l_ei", "1"], "letters, digits and hyphens"),
        (["party", "lei:x", "1"], "no colon in a scheme"),
        (["party", "\u212alei", "1"], "the Kelvin sign is no k"),
        (["party", "ｌｅｉ", "1"], "ASCII"),
        (["party", "lei", ""], "a number"),
        (["party", "lei", " -./"], "a number"),
        (["party", "lei", "1٣"], "an Arabic digit must not be dropped"),
        (["party", "lei", "1ß"], "a sharp s is no SS"),
        (["party", "lei", "1é"], "a letter beyond ASCII must not be dropped"),
        (["party", "lei", "1q\u0301"], "nor its accent"),
        (["party", "lei", "12\u00ad3"], "no invisible characters"),
        (["party", "lei", "12\u0378"], "no unassigned characters"),
    ],
    "party-name": [
        (["party", "CHN", "x"], "two letters"),
        (["party", "C", "x"], "two letters"),
        (["party", "C1", "x"], "two letters"),
        (["party", "ß", "x"], "a sharp s is no SS"),
        (["party", "--", "x"], "one hyphen"),
        (["party", "CN", ""], "a name"),
        (["party", "CN", " \t\u3000"], "a name"),
        (["party", "CN", "Ganzhou\u00ad Magnet"], "no soft hyphen"),
        (["party", "CN", "Ganzhou\u200bMagnet"], "no zero-width space"),
        (["party", "CN", "\u202eGanzhou"], "no bidirectional control"),
        (["party", "CN", "\ufeffGanzhou"], "no byte order mark"),
        (["party", "CN", "Gan\x00zhou"], "no control character"),
        (["party", "CN", "Gan\x1czhou"], "a separator of ASCII is no white space"),
        (["party", "CN", "Gan\x1fzhou"], "a separator of ASCII is no white space"),
        (["party", "CN", "Gan\x7fzhou"], "no control character"),
        (["party", "CN", "Gan\x9bzhou"], "no control character"),
        (["party", "CN", "Gan\ue000zhou"], "no private-use character"),
        (["party", "CN", "Gan\u0378zhou"], "no unassigned character"),
        (["party", "CN", "x" * 4096], "at most 4,096 bytes"),
        (["party", "CN", "磁" * 1400], "at most 4,096 bytes"),
    ],
    "matter": [
        (["", "1"], "an authority"),
        (["mofcom", ""], "a number"),
        (["a:b", "c"], "no colon in the authority: a, b:c is another matter"),
        (["a：b", "c"], "nor one that folds to a colon"),
    ],
    "class": [
        (["Price"], "lower case"),
        ([""], "a name"),
        (["process flow"], "no space"),
        (["2d"], "begins with a letter"),
        (["x" * 65], "at most 64"),
    ],
}
_SPELLED = [
    ("", "a sort"),
    ("party", "a scheme and a value"),
    ("lei:529900T8BM49AURSDO55", "a sort"),
    ("Party:lei:529900T8BM49AURSDO55", "sorts are lower case"),
    ("party:LEI:529900T8BM49AURSDO55", "the scheme in lower case"),
    ("party:lei:529900t8bm49aursdo55", "the value in upper case"),
    ("party:lei:5299 00T8BM49AURSDO55", "letters and digits alone"),
    ("party:lei:529900T8BM49AURSDO55 ", "letters and digits alone"),
    ("party:lei", "a scheme and a value"),
    ("party:lei:１", "folded"),
    ("party:lei:\u0378", "no unassigned characters but in names"),
    ("party-name:CN:gan\ufdd0zhou", "no noncharacter, not even in names"),
    ("party-name:CN:gan\uffffzhou", "no noncharacter, not even in names"),
    ("party-name:cn:gan\u0378zhou", "what stands before the name is judged"),
    ("party-name:cn:ganzhou", "the country in upper case"),
    ("party-name:CN:Ganzhou", "folded"),
    ("party-name:CN:straße", "folded"),
    ("party-name:CN:ganzhou  magnet", "single spaces"),
    ("party-name:CN: ganzhou", "trimmed"),
    ("party-name:CN:so\u0308hne", "composed"),
    ("party-name::ganzhou", "a hyphen for no country"),
    ("party-name:ganzhou", "a country"),
    ("subject-name:CN:gan\u200bzhou", "visible"),
    ("matter:MOFCOM:2026-117", "folded"),
    ("matter:mofcom", "a number"),
    ("document:" + "AB" * 32, "lower-case hex digits"),
    ("document:" + "ab" * 31, "32 bytes"),
    ("class:Price", "lower case"),
    ("entry:017", "one spelling"),
    ("entry:-1", "from 0"),
    ("entry:9223372036854775808", "below 2^63"),
    ("entry:", "a number"),
    ("note:x", "a sort"),
]


def build() -> str:
    """The text of the vector file."""
    cases: list[vectors.Case] = []
    for of, formed in _FORMED.items():
        cases += [_case(of, given, term=term) for given, term in formed]
        cases += [_spelled(term) for term in dict.fromkeys(term for _, term in formed)]
    cases.append(_spelled("party-name:CN:gan\u0378zhou Magnet", name="a name that a newer Unicode may know"))
    for of, refused in _REFUSED.items():
        cases += [_case(of, given, why) for given, why in refused]
    cases += [_spelled(term, why) for term, why in _SPELLED]
    return vectors.spell(ABOUT, cases)


def _case(of: str, given: list[str], why: str = "", term: str = "") -> vectors.Case:
    found = {"term": term} if term else {}
    shown = ", ".join(ascii(part[:40]) for part in given)
    return {
        "name": f"{of} of {shown}", "expect": "reject" if why else "accept", "why": why, "of": of, "given": given,
    } | found  # fmt: skip


def _spelled(term: str, why: str = "", name: str = "") -> vectors.Case:
    name = name or ascii(term[:60])
    return {"name": f"spelled: {name}", "expect": "reject" if why else "accept", "why": why, "term": term}
