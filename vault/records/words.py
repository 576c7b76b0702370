"""The words that fields are filled with: roles, methods, designations, categories, degrees, and the like."""

NOT_STATED = "not stated"
"""What stands in a required field that nobody stated, and what a correction says to take a value back."""

RELATIONS = ("to", "via", "onward")  # who gets it from us, who carries it there, who is expected to get it next
PARTY_ROLES = (
    "supplier", "supplier-applicant", "authority", "local-authority", "consignee", "end-user", "customer", "counsel",
    "expert", "chamber", "embassy", "carrier", "other",
)  # fmt: skip
AUTHORITIES = ("authority", "local-authority")
METHODS = ("email", "portal", "courier", "hand", "oral", "screen", "site-visit", "phone", "file-transfer", "other")
DESIGNATIONS = ("public", "internal", "confidential", "trade-secret")
CATEGORIES = (
    "production-volume", "forecast", "process-flow", "equipment", "workforce", "facility-image", "product-design",
    "end-use", "end-user-identity", "customer-list", "order", "price", "supplier-relationship", "personal-data",
)  # fmt: skip
DEGREES = ("named", "inferable", "redacted")
SUBJECT_SORTS = ("customer", "person", "trade-secret", "project")
MATTER_SORTS = ("licence", "tender", "audit", "lawsuit", "contract")
TIME_BASES = ("observed", "stated", "estimated")
SCOPES = ("within", "beyond", "unclear")
