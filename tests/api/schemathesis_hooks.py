"""What schemathesis has to be told about this API; named in SCHEMATHESIS_HOOKS."""

import itertools
import json
import re

import schemathesis

NUMBERS = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key belongs to one request: a good one is made unique, a bad one stays as it is."""
    for name, value in (case.headers or {}).items():
        if name.lower() == "idempotency-key" and re.fullmatch(r"[!-~]{1,255}", str(value)):
            case.headers[name] = f"{value[:200]}-{next(NUMBERS)}"


@schemathesis.serializer("application/x-ndjson")
def send_lines(context, value):
    """Lines are sent as they are, and anything else as what it is in JSON."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.deserializer("text/csv")
@schemathesis.deserializer("application/x-ndjson")
def read_text(context, response):
    """To the description these are texts."""
    return response.content.decode()
