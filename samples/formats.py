"""Writes the sample handbook's documents that are not Markdown: `python samples/formats.py`, after a change here.

All people and facts are invented. HWP (the binary format) has no free writer, so the handbook holds HWPX only.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Sequence
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Font
from pptx import Presentation

HANDBOOK = Path(__file__).parent / "handbook"

FIRE_SAFETY = (
    ("대피 절차", (
        "사이렌이 울리면 하던 일을 멈추고 가까운 비상계단으로 내려갑니다. 승강기는 타지 않습니다.",
        "집결지는 나루타워 뒤편 은행나무 공원입니다. 층별 안전 지킴이가 인원을 세고 총무팀에 알립니다.",
        "불을 본 사람은 119에 먼저 알리고 복도의 발신기를 누릅니다.",
    )),
    ("소방 훈련", (
        "소방 훈련은 해마다 3월과 9월, 둘째 주 수요일 15시에 합니다. 한 번에 30분이 걸립니다.",
        "훈련에 빠진 사람은 2주 안에 온라인 교육 20분으로 대신합니다.",
    )),
    ("자동심장충격기", (
        "자동심장충격기(AED)는 두 대입니다. 6층 안내 데스크 옆과 8층 라운지 입구에 있습니다.",
        "패드는 2년마다 바꾸며 다음 교체는 2027년 4월입니다. 심폐소생술 교육은 분기마다 한 번, 16명까지 받습니다.",
    )),
)  # fmt: skip

SEAL_RULES = (
    ("총칙", (
        "이 규정은 하늘나루의 인장을 만들고 쓰고 버리는 방법을 정합니다.",
        "인장은 법인인감, 사용인감, 계약인감의 세 가지입니다.",
    )),
    ("사용", (
        "인장을 쓰려는 사람은 하루 전 17시까지 '노트'에서 날인 신청서를 냅니다.",
        "법인인감은 법무팀 금고에 두며 회사 밖으로 가지고 나갈 때는 대표의 확인을 받고 법무팀 한 명이 함께 갑니다.",
        "날인한 문서는 앞면을 찍어 그날 안에 날인 대장에 올립니다.",
    )),
)  # fmt: skip
SEALS = (
    ("인장", "쓰는 곳", "관리"),
    ("법인인감", "등기, 부동산, 은행 업무", "법무팀장"),
    ("사용인감", "관공서 제출, 입찰", "총무팀장"),
    ("계약인감", "1억 원 이하의 계약", "구매 담당"),
)

SLIDES = (
    ("브랜드 가이드", ("하늘나루의 로고와 색을 쓰는 법", "관리: 디자인팀, 문의 #help-brand"), ""),
    ("로고", ("둘레에 글자 '나' 높이의 절반만큼 빈자리를 둡니다", "화면에서는 가로 24픽셀보다 작게 쓰지 않습니다",
              "기울이거나 그림자를 넣지 않습니다"), "협력사에는 벡터 파일만 보냅니다. 요청은 이틀 안에 처리합니다."),
    ("색", (), "인쇄물은 팬톤 번호로 맡깁니다."),
)  # fmt: skip
COLOURS = (
    ("이름", "화면", "팬톤"),
    ("나루 파랑", "#1B5FAA", "2945 C"),
    ("물안개 회색", "#E6ECF2", "Cool Gray 1 C"),
    ("등불 노랑", "#F2B705", "7408 C"),
)

TOOLS = (
    ("도구", "쓰임", "라이선스 수", "1인 월 비용(원)", "담당", "갱신일"),
    ("피그잼보드", "화면 설계", 60, 18000, "디자인팀", "2026-09-30"),
    ("코드항구", "저장소와 검토", 110, 24000, "플랫폼본부", "2026-06-30"),
    ("말씀이", "화상 회의와 자막", 186, 9000, "IT팀", "2026-12-31"),
    ("셈틀", "통계와 그래프", 25, 31000, "데이터팀", "2027-02-28"),
    ("그림나루", "사진과 영상 편집", 12, 45000, "마케팅팀", "2026-08-31"),
)
BANNED = (
    ("도구", "쓰면 안 되는 까닭", "대신 쓸 것"),
    ("무료 PDF 변환 누리집", "올린 파일이 밖에 남습니다", "사내 변환기 '접지'"),
    ("개인 메신저의 파일 전송", "기록이 남지 않습니다", "Slack"),
    ("브라우저 비밀번호 저장", "기기를 잃으면 함께 잃습니다", "암호 금고 '자물쇠'"),
)

PRINTERS = (
    ("층", "이름", "색", "용지", "스캔", "고장 신고"),
    ("6층", "개나리", "흑백", "A4", "됨", "내선 6101"),
    ("7층", "진달래", "흑백", "A4", "안 됨", "내선 6101"),
    ("8층", "동백", "컬러", "A4, A3", "됨", "내선 6102"),
    ("9층", "목련", "컬러", "A4, A3, 라벨지", "됨", "내선 6102"),
)

LIBRARY = """<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><title>사내 서가 이용 안내 - 하늘나루 위키</title>
<style>table { border: 1px solid }</style></head>
<body>
<nav><a href="/">처음으로</a> <a href="/all">모든 쪽</a></nav>
<main>
<h1>사내 서가 이용 안내</h1>
<p>서가는 <b>8층 라운지 옆</b>에 있고 책은 1,400권쯤 됩니다. 관리는 총무팀이 합니다.</p>
<h2>빌리기</h2>
<ul>
<li>한 사람이 <b>네 권</b>까지, <b>3주</b> 동안 빌립니다.</li>
<li>책 뒤의 QR 을 찍으면 빌린 것으로 적힙니다.</li>
<li>예약한 사람이 없으면 한 번 2주 늘릴 수 있습니다.</li>
</ul>
<h2>늦었을 때</h2>
<table>
<tr><th>늦은 날</th><th>어떻게 되나</th></tr>
<tr><td>1일부터 7일</td><td>알림만 갑니다</td></tr>
<tr><td>8일부터 30일</td><td>한 달 동안 빌릴 수 없습니다</td></tr>
<tr><td>31일부터</td><td>같은 책을 사서 돌려놓습니다</td></tr>
</table>
<h2>새 책 신청</h2>
<p>매달 10일까지 #help-library 에 적으면 그달 말에 들어옵니다.</p>
</main>
<footer>마지막으로 고친 날 2026-02-11</footer>
<script>console.log("no text of the page")</script>
</body></html>
"""

BACKUPS = """데이터 백업 안내 (플랫폼본부)

무엇을: 나루보드 운영 데이터베이스 전체, 고객 첨부 파일, 저장소.

언제: 전체 백업은 매일 02시 30분, 변경분은 15분마다 받습니다.

어디에: 서울 두 곳과 부산 한 곳. 부산 사본은 지울 수 없는 저장소에 둡니다.

얼마나: 일간 백업은 35일, 월간 백업은 13개월 보관합니다.

복구 연습: 분기마다 첫째 주 화요일에 합니다. 목표는 4시간 안에 되살리는 것입니다.

되살려야 할 때: #help-platform 에 고객 이름과 시각을 적습니다. 한 고객의 데이터만 되살리는 데 보통 90분 걸립니다.
"""

MENTORING = (
    (1, "멘토링 제도 운영안"),
    (0, "멘토와 멘티를 이어 성장을 돕는 제도입니다. 관리는 피플팀이 합니다."),
    (2, "기간과 짝"),
    (0, "한 기수는 6개월이고 해마다 2월과 8월에 시작합니다. 멘토 한 명이 멘티 두 명까지 맡습니다."),
    (0, "같은 팀 사람은 짝이 될 수 없습니다. 짝은 신청 마감 뒤 열흘 안에 알려 드립니다."),
    (2, "만남과 비용"),
    (0, "한 달에 두 번, 한 번에 50분 만납니다. 만남에 쓰는 식사비는 짝마다 월 60,000원까지 회사가 냅니다."),
    (2, "마칠 때"),
    (0, "멘티는 두 쪽짜리 돌아보기를 내고, 여섯 달 동안 열 번 넘게 만난 멘토는 휴가 하루를 받습니다."),
)


def main() -> None:
    writers = {
        "company/fire-safety.pdf": _pdf,
        "legal/seal-rules.docx": _docx,
        "company/brand-guide.pptx": _pptx,
        "it/software-list.xlsx": _xlsx,
        "it/printers.csv": lambda path: path.write_bytes(_csv().encode("cp949")),  # as Excel in Korea saves it
        "company/library.html": lambda path: path.write_text(LIBRARY, encoding="utf-8"),
        "engineering/backups.txt": lambda path: path.write_text(BACKUPS, encoding="utf-8"),
        "company/lounge-works.eml": lambda path: path.write_bytes(_mail().as_bytes()),
        "hr/mentoring.hwpx": _hwpx,
    }
    for name, write in writers.items():
        write(HANDBOOK / name)


def _pdf(path: Path) -> None:
    """Text in a font that every reader of Korean PDF knows by name; the map to Unicode is the identity."""
    pages = [_page(title, lines) for title, lines in FIRE_SAFETY]
    first = 7
    numbers = [first + 2 * n for n in range(len(pages))]
    marks = [number + 2 * len(pages) for number in range(first, first + len(pages))]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in numbers)}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /HYGoThic-Medium /Encoding /UniKS-UTF16-H"
        " /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HYGoThic-Medium /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Korea1) /Supplement 1 >> /FontDescriptor"
        " << /Type /FontDescriptor /FontName /HYGoThic-Medium /Flags 4 /FontBBox [0 -200 1000 900]"
        " /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>",
        _stream(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def "
            "1 begincodespacerange <0000> <FFFF> endcodespacerange "
            "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
        ),
        f"<< /Type /Outlines /First {marks[0]} 0 R /Last {marks[-1]} 0 R /Count {len(marks)} >>",
    ]
    for number, page in zip(numbers, pages, strict=True):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number + 1} 0 R"
            " /Resources << /Font << /F 3 0 R >> >> >>"
        )
        objects.append(_stream(page))
    for index, (title, _) in enumerate(FIRE_SAFETY):
        beside = f" /Next {marks[index + 1]} 0 R" if index + 1 < len(marks) else ""
        objects.append(f"<< /Title <FEFF{_hex(title)}> /Parent 6 0 R /Dest [{numbers[index]} 0 R /Fit]{beside} >>")
    objects.append(f"<< /Title <FEFF{_hex('화재 대피와 응급 안내')}> >>")
    path.write_bytes(_file(objects))


def _page(title: str, lines: Sequence[str]) -> str:
    drawn = [f"BT /F 18 Tf 60 770 Td <{_hex(title)}> Tj ET"]
    y = 730
    for line in lines:
        for start in range(0, len(line), 42):
            drawn.append(f"BT /F 11 Tf 60 {y} Td <{_hex(line[start : start + 42])}> Tj ET")
            y -= 18
        y -= 10
    return "\n".join(drawn)


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


def _stream(text: str) -> str:
    packed = zlib.compress(text.encode("ascii"), 9).hex()
    return f"<< /Length {len(packed) + 1} /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n{packed}>\nendstream"


def _file(objects: Sequence[str]) -> bytes:
    file = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = len(file)
    file += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{table}\n%%EOF\n"
    )
    return bytes(file) + trailer.encode()


def _docx(path: Path) -> None:
    document = Document()
    document.core_properties.title = "인장 관리 규정"
    document.core_properties.author = ""
    document.add_paragraph("인장 관리 규정", style="Title")
    for heading, articles in SEAL_RULES:
        document.add_heading(heading, 1)
        for article in articles:
            document.add_paragraph(article, style="List Number")
    document.add_heading("인장의 종류", 1)
    table = document.add_table(rows=0, cols=3)
    for row in SEALS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def _pptx(path: Path) -> None:
    presentation = Presentation()
    presentation.core_properties.title = "하늘나루 브랜드 가이드"
    presentation.core_properties.author = ""
    for index, (title, lines, notes) in enumerate(SLIDES):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1 if lines else 5])
        slide.shapes.title.text = title
        if lines:
            slide.placeholders[1].text = "\n".join(lines)
        if index == 2:
            rows = slide.shapes.add_table(len(COLOURS), 3, 500000, 1500000, 8000000, 2000000).table
            for y, row in enumerate(COLOURS):
                for x, text in enumerate(row):
                    rows.cell(y, x).text = text
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    presentation.save(str(path))


def _xlsx(path: Path) -> None:
    book = Workbook()
    book.properties.title = "승인된 소프트웨어 목록"
    book.properties.creator = ""
    for sheet, title, rows in (
        (book.active, "쓸 수 있는 도구", TOOLS),
        (book.create_sheet(), "쓸 수 없는 도구", BANNED),
    ):
        sheet.title = title
        for row in rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    book.save(path)


def _csv() -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(PRINTERS)
    return text.getvalue()


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "8층 라운지 공사와 물때 장소 변경 안내"
    mail["From"] = "총무팀 <office@haneul.example>"
    mail["To"] = "모두 <all@haneul.example>"
    mail["Date"] = "Mon, 02 Mar 2026 09:30:00 +0900"
    mail.set_content(
        "안녕하세요, 총무팀입니다.\n\n"
        "8층 라운지 바닥을 새로 깝니다. 공사는 2026년 3월 9일부터 3월 20일까지이고 "
        "그동안 라운지에 들어갈 수 없습니다.\n\n"
        "3월의 물때는 9층 한강 회의실에서 엽니다. 아침 식사는 7층 복도로 옮깁니다.\n\n"
        "소음이 심한 날은 3월 10일과 11일입니다. 이 이틀은 누구나 재택할 수 있습니다.\n"
    )
    mail.add_attachment(
        "시각,하는 일\n09시,가구 옮기기\n10시,바닥 뜯기\n16시,청소\n".encode(), "text", "csv", filename="하루 일정.csv"
    )
    mail.set_boundary("haneul-lounge")
    return mail


def _hwpx(path: Path) -> None:
    """The least that is HWPX (OWPML, KS X 6101): a manifest, a header with the styles, one section."""
    space = 'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'
    shapes = "".join(
        f'<hh:paraPr id="{level}"><hh:heading type="{kind}" idRef="0" level="{max(level - 1, 0)}"/></hh:paraPr>'
        for level, kind in enumerate(("NONE", "OUTLINE", "OUTLINE"))
    )
    styles = "".join(
        f'<hh:style id="{level}" type="PARA" name="{name}" engName="{english}" paraPrIDRef="{level}" charPrIDRef="0"/>'
        for level, (name, english) in enumerate(
            (("바탕글", "Normal"), ("개요 1", "Outline 1"), ("개요 2", "Outline 2"))
        )
    )
    header = (
        f'<hh:head {space}><hh:refList><hh:fontfaces itemCnt="0"/><hh:charProperties itemCnt="1">'
        '<hh:charPr id="0" height="1000"/></hh:charProperties>'
        f'<hh:paraProperties itemCnt="3">{shapes}</hh:paraProperties>'
        f'<hh:styles itemCnt="3">{styles}</hh:styles></hh:refList></hh:head>'
    )
    paragraphs = "".join(
        f'<hp:p id="{number}" paraPrIDRef="{level}" styleIDRef="{level}"><hp:run charPrIDRef="0">'
        f"<hp:t>{escape(text)}</hp:t></hp:run></hp:p>"
        for number, (level, text) in enumerate(MENTORING)
    )
    section = (
        '<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" '
        f'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph">{paragraphs}</hs:sec>'
    )
    items = "".join(
        f'<opf:item id="{name}" href="Contents/{name}.xml" media-type="application/xml"/>'
        for name in ("header", "section0")
    )
    manifest = (
        '<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:metadata><opf:title>멘토링 제도 운영안</opf:title>'
        f'</opf:metadata><opf:manifest>{items}</opf:manifest><opf:spine><opf:itemref idref="header" linear="yes"/>'
        '<opf:itemref idref="section0" linear="yes"/></opf:spine></opf:package>'
    )
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/hwp+zip", ZIP_STORED)
        for name, content in (("header.xml", header), ("section0.xml", section), ("content.hpf", manifest)):
            package.writestr(f"Contents/{name}", xml + content)


if __name__ == "__main__":
    main()
