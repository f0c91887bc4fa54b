"""The words of Entrepot as frozen values. No I/O, no clock, no environment; imports nothing above it.

types      what a value means                    catalog     what the schema says
predicates conditions on rows, as data           selection   what goes out
templates  how a row becomes text                receipts    what happened, and proof
problems   findings about the input              errors      why something stopped, by remedy
ports      what the floors promise each other    graph       order, cycles, tenant paths
overlay    what the settings add to a catalog    suggest     «did you mean»
"""
