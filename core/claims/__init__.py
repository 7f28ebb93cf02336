"""The claims checker: what a text states in numbers, recomputed and set against the register. `checker` is its door.

A text becomes sentences (`passage`) with their numbers (`terms`) and what stands beside them (`beside`, `when`,
`owners`, `dateline`, `hedges`, `denials`). Each kind of relation has a module of its own (`relations`, `growth`, `shares`, `sums`,
`parts`, `stockflow`, `restated`), as have amounts that the register knows (`known`, `part_year`) and texts at odds with
themselves (`contradictions`). `compare` says whether two numbers agree, `wording` puts the recheck into words.
"""
