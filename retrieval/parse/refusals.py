"""Why a document cannot be read. A closed list of sentences: no parser can put a document's text into one. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.parse import UnreadableFault, Why

_OR = ", or set `decrypt` under [parse]."

REFUSALS: Mapping[str, tuple[Why, str]] = {
    "unknown": ("unknown", "is of no kind that Naru reads: export it as PDF, or take it out of the source."),
    "iwork": ("unknown", "is an Apple iWork document: export it as PDF or as an Office document."),
    "opendocument": ("unknown", "is an OpenDocument file: save it as .docx, .xlsx or .pptx."),
    "outlook": ("unknown", "is an Outlook message: save it as .eml."),
    "archive": ("unknown", "is an archive: unpack it into the source."),
    "image": ("unknown", "is a picture: Naru reads no text in pictures."),
    "no_hwp": ("unknown", "is an HWP document, which cannot be read on this kind of machine: save it as PDF."),
    "doc": ("legacy", "is of the format before 2007: save it as .docx."),
    "xls": ("legacy", "is of the format before 2007: save it as .xlsx."),
    "ppt": ("legacy", "is of the format before 2007: save it as .pptx."),
    "xlsb": ("legacy", "is a binary workbook: save it as .xlsx."),
    "rtf": ("legacy", "is in Rich Text Format: save it as .docx."),
    "old_hwp": ("legacy", "is of HWP 3 or older: save it as .hwpx."),
    "password": ("encrypted", f"is protected with a password: save it without one{_OR}"),
    "looks_encrypted": ("encrypted", f"is not what its name says and looks encrypted: decrypt it{_OR}"),
    "distribution": (
        "distribution",
        "is an HWP document made for distribution (배포용), which may only be viewed: ask its author for the original.",
    ),
    "fasoo": ("drm", f"is protected by Fasoo DRM: export it decrypted{_OR}"),
    "softcamp": ("drm", f"is protected by SoftCamp Document Security: export it decrypted{_OR}"),
    "markany": ("drm", f"is protected by MarkAny Document SAFER: export it decrypted{_OR}"),
    "nasca": ("drm", f"is protected by Samsung SDS NASCA: export it decrypted{_OR}"),
    "microsoft": ("drm", f"is protected by Microsoft rights management: save it unprotected{_OR}"),
    "hancom": ("drm", f"is protected by Hancom's rights management: save it unprotected{_OR}"),
    "scanned": ("scanned", "holds pictures and no text (pages: {pages}): run it through text recognition (OCR) first."),
    "empty": ("empty", "is empty."),
    "only_a_title": ("empty", "has a title and no text."),
    "binary": ("binary", "is a binary file, not text."),
    "not_text": ("binary", "is not text in UTF-8, UTF-16 or CP949: save it as UTF-8."),
    "broken": ("broken", "is damaged, or not what its name says: open it in its own program and save it anew."),
    "crashed": ("broken", "made its reader crash: open it in its own program and save it anew."),
    "too_big": ("too_big", "is over {mb} MB: split it."),
    "too_much_text": ("too_big", "holds more than {mb} MB of text: split it."),
    "too_many_pages": ("too_big", "has more than {pages} pages: split it."),
    "too_many_cells": ("too_big", "has more than {thousands:,},000 cells: split it."),
    "long_field": ("too_big", "has a field of more than {thousands:,},000 characters: it looks like no table."),
    "unpacks_too_far": ("bomb", "unpacks to over {mb} MB, or too far for its size: save it anew, or take it out."),
    "overlapping": ("bomb", "is an archive whose parts overlap, as archives do that are made to fill a disk."),
    "entities": ("bomb", "defines XML entities, which documents do not need and attacks do."),
    "too_deep": ("bomb", "is nested too deep to be read."),
    "too_many_parts": ("bomb", "has more than {parts} parts: it was not read."),
    "map_dtd": ("bomb", "holds a DTD, which no site map needs."),
    "map_xml": ("broken", "is not XML."),
    "no_map": ("broken", "is no site map: its first element is neither urlset nor sitemapindex."),
    "map_packed": ("broken", "is not packed as its first bytes say."),
    "map_unpacks": ("bomb", "unpacks to over {mb} MB."),
    "too_slow": ("too_slow", "took longer than {seconds} s to read: split it."),
    "too_much_memory": ("too_much_memory", "needs more than {mb} MB of memory to be read: split it."),
    "decrypt_failed": ("drm", "was not decrypted: the program of `decrypt` under [parse] ended with {status}."),
    "decrypt_missing": ("drm", "was not decrypted: the program of `decrypt` under [parse] cannot be started."),
    "decrypt_slow": ("drm", "was not decrypted: the program of `decrypt` under [parse] took longer than {seconds} s."),
    "decrypt_big": ("too_big", "is over {mb} MB when decrypted: split it."),
    "decrypt_useless": ("drm", "is still protected after the program of `decrypt` under [parse] has run."),
}  # fmt: skip


class Refusal(Exception):
    """A document that cannot be read. cause: a key of REFUSALS; numbers: what its sentence leaves open."""

    def __init__(self, cause: str, **numbers: int) -> None:
        super().__init__(cause)
        self.cause = cause
        self.numbers = numbers

    @property
    def why(self) -> Why:
        return REFUSALS[self.cause][0]

    def fault(self, uri: str) -> UnreadableFault:
        why, sentence = REFUSALS[self.cause]
        return UnreadableFault(f"{uri} {sentence.format(**self.numbers)}", why)
