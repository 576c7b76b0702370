"""Time stamps by RFC 3161: a TSA is asked (`asking`), its answer checked (`tokens`), what it gave kept (`keeping`).

`tokens` loads no database, no network and no command line: whoever judges evidence calls it with roots of his own.
"""
