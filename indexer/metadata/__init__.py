"""What is known of a report besides its text: title, date, publisher, court and the like.

fields.py     the fields, and what each may hold
sidecar.py    NAME.toml beside the report file
described.py  what a person has set, kept in the store's folder

What a person has set wins over the sidecar, the sidecar over the document itself.
"""
