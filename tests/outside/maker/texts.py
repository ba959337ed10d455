"""Documents as texts in JSON (SPEC.md, section 1): what a reader must take, and what it must not."""

# A name, the document, what is put into its canonical text, and whether it is read.
TEXTS = []


def text(name, document, whether, before, after):
    def put(canonical):
        assert canonical.count(before) >= 1, name
        return canonical.replace(before, after, 1)
    TEXTS.append((name, document, put, whether))


def spaced(canonical):
    """Spaces between all members; no text of these documents holds a comma or a colon before a quotation mark."""
    return "\n\t " + canonical.replace(',"', ' ,\r\n "').replace('":', '" : ') + " \n"


def backwards(canonical):
    """`v` goes to the front."""
    body, v = canonical.rsplit(',"v":', 1)
    return '{"v":' + v[:-1] + "," + body[1:] + "}"


for document in ("basis", "manifest", "blueprint", "seating", "index"):
    TEXTS.append((f"{document}-with-spaces", document, spaced, True))
    TEXTS.append((f"{document}-in-another-order", document, backwards, True))
    for name, number in {"minus-zero": "-0", "point": "1.0", "exponent": "1e0", "exponent-uppercase": "1E0",
                         "exponent-negative": "10e-1", "leading-zero": "01", "plus": "+1", "hexadecimal": "0x1",
                         "text": '"1"', "truth": "true", "minus-zero-point": "-0.0", "point-alone": "1.", "not-a-number": "NaN"}.items():
        text(f"{document}-v-{name}", document, False, '"v":1', f'"v":{number}')
    text(f"{document}-with-v-twice", document, False, '"v":1', '"v":1,"v":1')
    text(f"{document}-with-v-spelt-twice", document, False, '"v":1', '"v":1,"\\u0076":1')
    text(f"{document}-with-v-escaped", document, True, '"v":1', '"\\u0076":1')
    TEXTS.append((f"{document}-with-a-comma-at-the-end", document, lambda canonical: canonical[:-1] + ",}", False))
    TEXTS.append((f"{document}-twice", document, lambda canonical: canonical * 2, False))
    TEXTS.append((f"{document}-cut", document, lambda canonical: canonical[:-1], False))
    TEXTS.append((f"{document}-in-a-list", document, lambda canonical: f"[{canonical}]", False))

ENTROPY = '"not_before_ms":0'
text("time-minus-zero", "basis", False, ENTROPY, '"not_before_ms":-0')
text("time-beyond-53-bits", "basis", False, ENTROPY, '"not_before_ms":9007199254740992')
text("time-below-53-bits", "basis", False, ENTROPY, '"not_before_ms":-9007199254740992')
text("time-beyond-64-bits", "basis", False, ENTROPY, '"not_before_ms":18446744073709551616')
text("time-with-exponent", "basis", False, ENTROPY, '"not_before_ms":0e0')
text("outside-twice", "basis", False, '"outside":true', '"outside":true,"outside":true')
text("approval-twice", "basis", False, '"approval":{', '"approval":null,"approval":{')
text("basis-surrogate-alone", "basis", False, '"province":null', '"province":"\\ud83d"')
text("basis-surrogates-turned", "basis", False, '"province":null', '"province":"\\ude00\\ud83d"')
text("basis-control-unescaped", "basis", False, '"province":null', '"province":"\n"')
text("basis-text-in-single-quotes", "basis", False, '"province":null', "\"province\":'33'")
text("basis-comment", "basis", False, '"province":null', '/* 33 */"province":null')
text("kind-of-null-escaped", "basis", False, '"practical":', '"practical":undefined,"more":')
text("minutes-point", "blueprint", False, '"minutes":60', '"minutes":60.0')
text("minutes-exponent", "blueprint", False, '"minutes":60', '"minutes":6e1')
text("least-minus-zero", "blueprint", False, '"least":0', '"least":-0')
text("most-point", "blueprint", False, '"most":100', '"most":100.0')
text("title-escaped", "blueprint", True, "生成", "\\u751f\\u6210")
text("title-twice", "blueprint", False, '"title":', '"title":"x","title":')
text("session-exponent", "seating", False, '"session":', '"session":0e0,"zession":')
text("avoid-twice", "seating", False, '"avoid":', '"avoid":[],"avoid":')
text("use-escaped", "seating", True, '"use":"', '"\\u0075se":"')
text("pinned-twice", "index", False, '"pinned":', '"pinned":false,"pinned":')
text("difficulty-point", "index", False, '"difficulty":', '"difficulty":1.0,"zifficulty":')
text("secret-twice", "secret", False, '"secret":', '"secret":"","secret":')
text("secret-with-v", "secret", False, '"secret":', '"v":1,"secret":')
TEXTS.append(("secret-in-another-order", "secret", lambda canonical: "{" + ",".join(
    reversed(canonical[1:-1].split(","))) + "}", True))
