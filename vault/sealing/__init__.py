"""Sealing: age v1 files for recipients, read as strictly as they are written.

`document` seals and opens content of any size, its header kept apart; `blob` small things whole. `header` and `stream`
are the two halves of an age file and know nothing of each other, `armor` is the text form for export. `pipeline`,
`lane` and `transfer` move the bytes. `box` seals records, which are not age files. The keys are in `keys.age`.
"""
