"""The names of the commands, and what is known of a command line before it is parsed."""

COMMANDS = {
    "init": "make a new vault",
    "party": "who gets things from us",
    "subject": "who or what is exposed by them",
    "matter": "the application, tender, audit or lawsuit it is for",
    "request": "who demanded what, in which words",
    "disclose": "log what goes out, and keep its exact bytes",
    "correct": "say what was wrong in an earlier record",
    "log": "list the transmittals",
    "show": "show one transmittal or object whole",
    "get": "give documents back",
    "checkpoint": "sign the state of the ledger",
    "witness": "be a witness: cosign the ledgers of others",
    "policy": "write down what a verifier has to know from outside",
    "ledger": "hand the ledger out, to be checked without a key",
    "proof": "make a receipt of a transmittal, or a list that is proven to be all",
    "report": "what counsel hands over: transmittals with all that a stranger checks them by",
    "verify": "prove what can be proven, name what can't",
    "backup": "keep the vault in a bucket, under locks",
    "restore": "bring a vault back from a bucket",
    "doctor": "look for damage, and mend what can be rebuilt",
    "keys": "identities and vault keys",
    "completion": "print the completion script of your shell",
    "demo": "run the main job on sample documents",
}

WITHOUT_VAULT = frozenset(("init", "keys", "witness", "completion", "demo"))  # or with one of their own
HELP = frozenset(("-h", "--help"))


def opens_vault(arguments: list[str]) -> bool:
    """Whether a command line looks as if a command will open a vault. A guess: nothing but time may hang on it."""
    words = iter(arguments)
    for word in words:
        if word == "--vault":
            next(words, None)
        elif not word.startswith("-"):
            return word in COMMANDS.keys() - WITHOUT_VAULT and HELP.isdisjoint(arguments)
    return False
