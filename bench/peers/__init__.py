"""What people use today, beside ours in the same run (`python -m bench --peers`): the same file, server and table.

homes    an environment of its own for each, from `locks/peers`, in the bench's data folder
into     imports of theirs          out      exports of theirs
by_*     what a person would write with that library; run by the peer's own interpreter, so it imports nothing of ours
"""
