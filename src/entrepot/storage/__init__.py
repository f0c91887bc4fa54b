"""Files on disk: written under a temporary name, whole or not at all.

disk      the operations that can fail, in one replaceable object    faults   operating-system errors as ours
layers    compression, encryption, hashing as layers of one sink      parts    temporary files and their clean-up
publish   an export's files and receipt, all at once                  seal     reading sealed files back
rooms     folders of a running process, and their clean-up            work     private folders for temporary data
keys      what opens encrypted files                                  guard    what no export may replace
files     an application's own files                         artifacts   our own: drafts, journals, failed rows
opening   a sealed file of a user, by its content, bounded    unpacking   gzip and zstd, whole or an error
flushing  to the disk while more is written
"""
