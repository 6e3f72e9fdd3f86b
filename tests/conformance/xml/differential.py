#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""differential.py PROGRAM SOURCES: documents that were changed at random, judged by lhcr's reader and by libxml2.

What libxml2 refuses, lhcr must refuse. What only lhcr refuses must be what lhcr refuses beyond well-formedness: document
types, namespaces, versions of XML and encodings that are not. That a namespace is no URI is not an error. Exit code 77: skipped, there is no lxml.
"""
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    from lxml import etree
except ImportError:
    print("differential: skipped: there is no lxml")
    sys.exit(77)

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


def accepts(text):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        return str(error)
    except ValueError as error:
        return str(error)
    return None


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
    refused = 0
    for text, verdict in zip(texts, verdicts):
        why = accepts(text)
        good = verdict == "accepted"
        refused += not good
        if why and "is not a valid URI" in why:
            continue  # the first of its errors, and none of XML's
        if good == (why is None) or (not good and any(word in verdict for word in BEYOND)):
            continue
        failed += 1
        print(f"FAIL lhcr: {verdict}; libxml2: {why or 'accepted'}\n     {text!r}"[:600])
    print(f"{len(texts)} documents, {refused} refused by lhcr, {failed} judged otherwise than by libxml2")
    return 1 if failed or not refused else 0


sys.exit(main())
