"""Chaos: any command against stories of the catalogue, one server each, and what came of it.

`choose` finds the scenarios, `work` writes what is to be sent, `command` runs the user's
program, `trial` plays one story with it, `campaign` all of them. `report`, `junit`, `as_json`
and `report_html` tell the same results in four ways.
"""
