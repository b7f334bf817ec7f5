"""What is known of a report besides its text: title, date, publisher, court and the like.

fields.py     the fields, and what each may hold
document.py   the document itself: its properties, and its first page
  lines.py        file -> its opening lines, as large as they are set
  cases.py, courts.py, laws.py, layout.py, dates.py    lines -> findings, each sure or not
  properties.py, akoma_ntoso.py                        what the file says in so many words
  findings.py     findings -> metadata
sidecar.py    NAME.toml beside the report file
described.py  what a person has set, kept in the store's folder

What a person has set wins over the sidecar, the sidecar over the document itself.
"""
