"""A small HTTP API whose capacity is known by construction, to check an answer against the truth.

``slots`` is the ideal schedule from which the capacity follows, ``http`` the protocol, ``server`` routes requests
to the schedule, ``command`` is what ``python -m loadline.sample_api`` runs.
"""
