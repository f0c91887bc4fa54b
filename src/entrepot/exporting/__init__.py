"""The way out: select → read → write → pack → seal.

request   what is asked for          select     names, filters and scope → one query per entity
flow      the export, in one page    relatives  related rows and references to rows left out
source    rows on their way          measure    fingerprints of what was read
receipt   what is handed over        inspect    is this file still what the receipt says?
"""
