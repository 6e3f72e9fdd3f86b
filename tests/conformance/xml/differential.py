#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""differential.py PROGRAM SOURCES: documents that were changed at random, judged by lhcr's reader, by libxml2 and by expat.

What one of the others refuses, lhcr must refuse. What only lhcr refuses must be what lhcr refuses beyond well-formedness: document
types, namespaces, versions of XML and encodings that are not. That a namespace is no URI is not an error. Without lxml expat alone
is asked, which comes with Python.
"""
import pathlib
import random
import subprocess
import sys
import tempfile
from xml.parsers import expat

try:
    from lxml import etree
except ImportError:
    etree = None

PIECES = [b"&", b"<", b">", b"]]>", b"--", b"-->", b"<!--", b"<![CDATA[", b"<?xml ?>", b"<?x y?>", b"&amp;", b"&nbsp;", b"&#0;",
          b"&#65;", b"&#xD800;", b'"', b"'", b"=", b"/", b"/>", b" ", b"\n", b"\x00", b"\x0b", b"\xff", b"\xef\xbf\xbe",
          b"\xc3\xa9", b" a='1'", b" a='1'", b":", b"p:", b" xmlns:p='u'", b" xmlns=''", b"<!DOCTYPE a>", b"</a>", b"<a>", b"<1/>"]
BEYOND = ("xml-doctype", "xml-encoding", "prefix", "colon", "namespace", "the declaration says", "the version of XML")
COUNT = 20000


def changed(text, chance):
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(len(text) + 1)
        kind = chance.random()
        if kind < 0.6:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif kind < 0.8:
            text = text[:at] + text[at + chance.randint(1, 4):]
        else:
            begin = chance.randrange(len(text))
            text = text[:at] + text[begin:begin + chance.randint(1, 30)] + text[at:]
    return text


ACCEPTED = "accepted"


def libxml2(text):
    """Its verdict, None where it is no use: a URI that is none is the first of its errors, and none of XML's; NUL behind the
    outermost element is the end for it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return None if "is not a valid URI" in str(error) else str(error)
    return None if b"\x00" in text else ACCEPTED


def by_expat(text):
    try:
        expat.ParserCreate(namespace_separator="\n").Parse(text, True)
    except (expat.ExpatError, LookupError) as error:
        return str(error)
    return ACCEPTED


def main():
    program, folder = sys.argv[1:]
    sources = [path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*.xml"))]
    sources = [text for text in sources if 200 < len(text) < 4000]
    chance = random.Random(20261129)
    texts = [changed(chance.choice(sources), chance) for _ in range(COUNT)]
    with tempfile.NamedTemporaryFile() as file:
        for text in texts:
            file.write(b"%d\n" % len(text) + text)
        file.flush()
        verdicts = subprocess.run([program, file.name], stdout=subprocess.PIPE, check=True).stdout.decode(errors="replace")
    verdicts = [line for line in verdicts.split("\n") if line.startswith(("accepted", "refused "))]
    assert len(verdicts) == len(texts), (len(verdicts), len(texts))
    failed = 0
    refused = sum(verdict != ACCEPTED for verdict in verdicts)
    for text, verdict in zip(texts, verdicts):
        for judge in [by_expat] + ([libxml2] if etree else []):
            other = judge(text)
            beyond = verdict != ACCEPTED and any(word in verdict for word in BEYOND)
            if other is None or (verdict == ACCEPTED) == (other == ACCEPTED) or (beyond and other == ACCEPTED):
                continue
            failed += 1
            print(f"FAIL lhcr: {verdict}; {judge.__name__}: {other}\n     {text!r}"[:600])
    print(f"{len(texts)} documents, {refused} refused by lhcr, {failed} judged otherwise by {'libxml2 or ' if etree else ''}expat")
    return 1 if failed or not refused else 0


sys.exit(main())
