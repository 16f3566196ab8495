"""A file of HL7 aECG with two leads."""

LEAD = """<component><sequence><code code="MDC_ECG_LEAD_{name}"/><value xsi:type="SLIST_PQ">
<origin value="{origin}" unit="uV"/><scale value="{scale}" unit="uV"/><digits>{digits}</digits>
</value></sequence></component>"""
FILE = """<?xml version="1.0"?>{doctype}<AnnotatedECG xmlns="urn:hl7-org:v3"
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><component><series><code code="RHYTHM"/>
<component><sequenceSet><component><sequence><code code="TIME_ABSOLUTE"/>
<value><head value="20240305100000"/><increment value="{step}" unit="{unit}"/></value></sequence>
</component>{leads}</sequenceSet></component></series></component></AnnotatedECG>"""


def write(path, step="2", unit="ms", doctype="", digits="1 2 -3 4"):
    leads = [LEAD.format(name=name, origin=10, scale=2.5, digits=digits) for name in ("II", "AVR")]
    path.write_text(FILE.format(step=step, unit=unit, doctype=doctype, leads="".join(leads)))
    return path
