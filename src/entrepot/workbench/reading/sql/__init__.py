"""SQL dumps, read as data: rows are taken out of INSERT and COPY, and nothing is ever run.

dialect charsets   whose SQL it is, and in which encoding    names       identifiers, and what CREATE TABLE says
window             what comes next of the file               shape       what one row of a statement holds
statements kinds   where a statement ends, what it is        runs        stretches of plain rows, as CSV
settings           what SET changes for the reading          literals    one value, carefully
script             the rows of all tables, in order          values      …, as a value of its column
copying            the lines of a COPY                       pipe        rows on their way into the workbench
stage tables places  the functions of the format             refusals    what ends the reading
"""
