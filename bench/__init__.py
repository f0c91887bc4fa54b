"""Side by side against what people use today, in one run, as ratios. `make bench`, or `python -m bench --help`.

dataset   the `transactions` rows, seeded, at any size      servers   where they are loaded
cases     what is measured, against what, with its gate      measure   wall time and peak memory of a command
rounds    all of it, as often as asked for                   table     what is printed
peers     other people's tools, for `--peers`
"""
