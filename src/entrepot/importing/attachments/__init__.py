"""The files of a package that its rows point to: which are whose, what becomes of each, and the way into the stores.

packed     what is in the package           looking    what would become of each
filing     which of them rows may mean      carrying   the way into the stores, and out of them again
keys       new keys                         words      what people are told
"""
