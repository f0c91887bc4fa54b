"""What is done again and again, and when.

timing     when it is due              wording    the same in words          expressions   what people write
rotation   which outputs stay          keeping    how many of them           policies      what to do about a due time
ticking    due times become orders             running   a run by hand    orders        what a run is asked for
outputs    what runs left, and goes            folders   of one run       checking      what is refused
configured those of the settings               views     what people see
"""
