"""Baselines of workbooks: digests of what goes out, and of what comes back beside them.

digests     what is digested of a value         reading        the hidden sheet, as it came back
writing     digests of rows that go out         comparing      which cells somebody changed
"""
