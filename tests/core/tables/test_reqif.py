"""Test ReqIF of other tools and our own: names, choices, XHTML, hierarchy, and a round trip."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.tables.reader import Table, open_table
from core.tables.writer import Item, as_reqif

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
XMLNS = 'xmlns="http://www.omg.org/spec/ReqIF/20110401/reqif.xsd" xmlns:x="http://www.w3.org/1999/xhtml"'
#: As a common tool writes it: XHTML, choices, a place without an object, children before their parents.
REQIF = f"""<?xml version="1.0" encoding="UTF-8"?>
<REQ-IF {XMLNS}><CORE-CONTENT><REQ-IF-CONTENT>
<DATATYPES><DATATYPE-DEFINITION-ENUMERATION IDENTIFIER="d"><SPECIFIED-VALUES>
  <ENUM-VALUE IDENTIFIER="v1" LONG-NAME="Élevée"/><ENUM-VALUE IDENTIFIER="v2" LONG-NAME="Sécurité"/>
</SPECIFIED-VALUES></DATATYPE-DEFINITION-ENUMERATION></DATATYPES>
<SPEC-TYPES><SPEC-OBJECT-TYPE IDENTIFIER="t" LONG-NAME="Exigence"><SPEC-ATTRIBUTES>
  <ATTRIBUTE-DEFINITION-STRING IDENTIFIER="a1" LONG-NAME="ReqIF.ForeignID"/>
  <ATTRIBUTE-DEFINITION-XHTML IDENTIFIER="a2" LONG-NAME="ReqIF.Text"/>
  <ATTRIBUTE-DEFINITION-ENUMERATION IDENTIFIER="a3" LONG-NAME="Priorité"/>
  <ATTRIBUTE-DEFINITION-BOOLEAN IDENTIFIER="a4" LONG-NAME="Actif"/>
</SPEC-ATTRIBUTES></SPEC-OBJECT-TYPE></SPEC-TYPES>
<SPEC-OBJECTS>
<SPEC-OBJECT IDENTIFIER="o2" LONG-NAME="Alerter"><TYPE><SPEC-OBJECT-TYPE-REF>t</SPEC-OBJECT-TYPE-REF></TYPE><VALUES>
  <ATTRIBUTE-VALUE-STRING THE-VALUE="EXI-2">
  <DEFINITION><ATTRIBUTE-DEFINITION-STRING-REF>a1</ATTRIBUTE-DEFINITION-STRING-REF></DEFINITION></ATTRIBUTE-VALUE-STRING>
  <ATTRIBUTE-VALUE-XHTML><DEFINITION><ATTRIBUTE-DEFINITION-XHTML-REF>a2</ATTRIBUTE-DEFINITION-XHTML-REF></DEFINITION>
  <THE-VALUE><x:div>
    <x:p>Le système <x:b>alerte</x:b>
      l’équipage.</x:p>
    <x:ul>
      <x:li>la nuit</x:li>
      <x:li>le jour<x:br/>
        aussi</x:li>
    </x:ul>
  </x:div></THE-VALUE>
  <THE-ORIGINAL-VALUE><x:div>Autre</x:div></THE-ORIGINAL-VALUE></ATTRIBUTE-VALUE-XHTML>
  <ATTRIBUTE-VALUE-ENUMERATION><VALUES><ENUM-VALUE-REF>v1</ENUM-VALUE-REF><ENUM-VALUE-REF>v2</ENUM-VALUE-REF></VALUES>
  <DEFINITION><ATTRIBUTE-DEFINITION-ENUMERATION-REF>a3</ATTRIBUTE-DEFINITION-ENUMERATION-REF></DEFINITION>
  </ATTRIBUTE-VALUE-ENUMERATION>
  <ATTRIBUTE-VALUE-BOOLEAN THE-VALUE="true">
  <DEFINITION><ATTRIBUTE-DEFINITION-BOOLEAN-REF>a4</ATTRIBUTE-DEFINITION-BOOLEAN-REF></DEFINITION></ATTRIBUTE-VALUE-BOOLEAN>
</VALUES></SPEC-OBJECT>
<SPEC-OBJECT IDENTIFIER="o3" DESC="Sans place"/>
<SPEC-OBJECT IDENTIFIER="o1" LONG-NAME="Chapitre"/>
</SPEC-OBJECTS>
<SPEC-RELATIONS><SPEC-RELATION IDENTIFIER="r"><SOURCE><SPEC-OBJECT-REF>o3</SPEC-OBJECT-REF></SOURCE>
<TARGET><SPEC-OBJECT-REF>o1</SPEC-OBJECT-REF></TARGET></SPEC-RELATION></SPEC-RELATIONS>
<SPECIFICATIONS><SPECIFICATION IDENTIFIER="s"><CHILDREN><SPEC-HIERARCHY IDENTIFIER="h1">
  <CHILDREN><SPEC-HIERARCHY IDENTIFIER="h2"><CHILDREN><SPEC-HIERARCHY IDENTIFIER="h3">
    <OBJECT><SPEC-OBJECT-REF>o2</SPEC-OBJECT-REF></OBJECT></SPEC-HIERARCHY></CHILDREN></SPEC-HIERARCHY></CHILDREN>
  <OBJECT><SPEC-OBJECT-REF>o1</SPEC-OBJECT-REF></OBJECT>
</SPEC-HIERARCHY></CHILDREN></SPECIFICATION></SPECIFICATIONS>
</REQ-IF-CONTENT></CORE-CONTENT></REQ-IF>"""
ITEMS = [
    Item("VIG-2", "Sous « Alertes »", "Un.\nDeux.\n\n<b>&amp;</b>.\n\n\n  Quatre  .", "VIG-1", {"Priorité": "É"}),
    Item("VIG-1", "Alertes", "", "", {"Priorité": "", "Coût, k€": "=1,5"}),
    Item("VIG-3", "C:\\new \\x41", "'=x", "VIG-2", {"Coût, k€": "-"}),
    Item("VIG-4", "Sans parent connu", "T", "VIG-9"),
    Item("VIG-5", "En rond", "T", "VIG-6"),
    Item("VIG-6", "En rond", "T", "VIG-5"),
]


def prepare(items: list[Item]) -> Table:
    """Read the table of our own output."""
    return open_table("ours.reqif", as_reqif("VIGIE", "Exigences & co", items, at=AT))


def items_of(table: Table) -> list[Item]:
    """Prepare the content of a ReqIF table for writing."""
    return [
        Item(row[0], row[1], row[2], row[3], dict(zip(table.header[4:], row[4:], strict=True))) for row in table.rows
    ]


@pytest.mark.parametrize("content", [REQIF.encode(), REQIF.replace("UTF-8", "UTF-16").encode("utf-16")])
def test_names_choices_xhtml_and_hierarchy_are_read(content: bytes) -> None:
    table = open_table("tool.reqif", content)
    assert table.header == ["Identifier", "Title", "Text", "Parent", "Priorité", "Actif", "Type"]
    text = "Le système alerte l’équipage.\n\n- la nuit\n- le jour\naussi"
    assert table.rows == [
        ["o1", "Chapitre", "", "", "", "", ""],
        ["EXI-2", "Alerter", text, "o1", "Élevée; Sécurité", "true", "Exigence"],
        ["o3", "", "Sans place", "", "", "", ""],
    ]


def test_attributes_named_alike_and_repeated_values_are_all_kept() -> None:
    twice = REQIF.replace('LONG-NAME="Actif"', 'LONG-NAME="Priorité"')
    assert open_table("tool.reqif", twice.encode()).rows[1][4] == "Élevée; Sécurité\ntrue"


def test_our_reqif_is_read_back_in_the_order_of_its_tree() -> None:
    table = prepare(ITEMS)
    assert table.header == ["Identifier", "Title", "Text", "Parent", "Priorité", "Coût, k€"]
    assert [row[0] for row in table.rows] == ["VIG-1", "VIG-2", "VIG-3", "VIG-4", "VIG-5", "VIG-6"]
    by_identifier = {row[0]: row for row in table.rows}
    for item in ITEMS[:3]:
        others = [item.others.get("Priorité", ""), item.others.get("Coût, k€", "")]
        assert by_identifier[item.identifier] == [item.identifier, item.title, item.text, item.parent, *others]
    assert [by_identifier[key][3] for key in ("VIG-4", "VIG-5", "VIG-6")] == ["", "", ""]


@pytest.mark.parametrize("name", ["strictdoc-strings.reqif", "strictdoc-xhtml.reqif"])
def test_a_file_of_another_tool_is_the_same_once_we_have_written_it(name: str) -> None:
    theirs = open_table(name, (Path(__file__).with_name("files") / name).read_bytes())
    assert prepare(items_of(theirs)) == theirs


def test_the_same_requirements_have_the_same_identifiers_whatever_else_changes() -> None:
    first, second = (as_reqif("VIGIE", "T", items, at=AT).decode() for items in (ITEMS, ITEMS[:2]))
    assert as_reqif("VIGIE", "T", ITEMS, at=AT).decode() == first
    found = [text.split('IDENTIFIER="')[1].split('"')[0] for text in second.split("<SPEC-OBJECT ")[1:]]
    assert len(found) == 2
    assert all(key in first for key in found)
    assert not any(key in as_reqif("LITS", "T", ITEMS, at=AT).decode() for key in found)
